"""Which names say more than who somebody is."""

from __future__ import annotations

import pytest

from storage import names


@pytest.mark.parametrize(
    "name",
    [
        "CHEAP PILLS t.me/x_example",
        "Ann pills.example",
        "write @boss_example",
        "Earn 500$",
        "call +49 170 1234567",
        "FREE COINS",
        "buy coins",
        "Заработок от 500 ₽",
        "We pay you every day",
        "курсы.рф",
        "https://x.example",
    ],
)
def test_an_advertisement_says_more(name: str) -> None:
    assert names.says_more(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Ann",
        "ann",
        "Ann Lee",
        "Maria del Carmen",
        "Иван Петров",
        "محمد علي",
        "王 小明",
        "Anna 🌸",
        "Max 1987",
        "J. R. R.",
        "O'Neill",
        "Eve <b>bold</b>",
    ],
)
def test_a_mere_name_does_not(name: str) -> None:
    assert not names.says_more(name)
