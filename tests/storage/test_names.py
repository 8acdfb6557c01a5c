"""Which names say more than who somebody is."""

from __future__ import annotations

import pytest

from storage import names, usernames


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


@pytest.mark.parametrize(
    ("username", "words"),
    [
        ("free_usdt_airdrop_bot", "free usdt airdrop bot"),
        ("casino_bonus_777", "casino bonus 777"),
        ("FreeBtcBonus", "free btc bonus"),
        ("freeusdtairdrop", "free usdt airdrop"),
        ("CRYPTO_signals24", "crypto signals 24"),
        ("kazinoVulkan", "kazino vulkan"),
        ("1xbet_promo", "1xbet promo"),
    ],
)
def test_a_username_that_advertises_is_spelled_in_words(username: str, words: str) -> None:
    assert usernames.spelled(username) == words


@pytest.mark.parametrize(
    "username",
    [
        *("", "_", "anna_k", "AnnaK", "max1987", "crypto_anna", "free_bird", "essex", "winston", "bethany_w", "jobst"),
        *("lotta_money", "mrcasinoff", "hotmale", "ivan_petrov_spb", "new_official_channel", "a" * 256, "анна"),
    ],
)
def test_an_ordinary_username_is_not(username: str) -> None:
    assert usernames.spelled(username) == ""


def test_a_text_without_the_names_before_it() -> None:
    assert names.without("FREE COINS\ncasino bonus\nhi\nthere", "FREE COINS", "casino_bonus") == "hi\nthere"
    assert names.without("casino bonus\nhi", "Ann", "casino_bonus") == "hi"
    assert names.without("FREE COINS", "FREE COINS", "casino_bonus") == ""
    assert names.without("hi", "FREE COINS", "casino_bonus") == "hi"
    assert names.without("\nhi", "", "") == "\nhi"
