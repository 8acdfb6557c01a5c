"""What the database holds of a verdict's evidence, and of who did what, in Russian."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from storage.models import Chat, Picture, PictureState, Verdict, now
from storage.moderation.policies import known_pictures
from storage.session import transaction
from tests.review.site import Site, flag


@pytest.fixture
def russian(site: Site) -> Site:
    """A moderator who has pressed RU."""
    site.get("/language/ru")
    return site


def test_what_a_verdict_rests_on_is_said_in_russian(russian: Site) -> None:
    flag(russian, "buy")
    values = {"script": "CYRILLIC", "script_weight": 1.0, "score_without_names": 0.125, "rule": known_pictures.LABEL}
    failed = {"state": PictureState.FAILED, "error": "could not be read: it is no whole picture"}
    with transaction(russian.engine) as session:
        session.execute(update(Verdict).values(**values))
        session.add(Picture(message_id=1, **failed))
    page = russian.get("/review").text
    assert "кириллица: так там почти никто не пишет; +1,0 в пользу спама" in page
    assert "одни слова получают 0,125" in page
    assert "картинка похожа на ту, которую модераторы здесь назвали спамом" in page
    assert "картинку не удалось прочитать: это не целая картинка" in page


def test_names_where_a_word_of_hamlets_may_stand_are_escaped(russian: Site) -> None:
    flag(russian, "buy")
    with transaction(russian.engine) as session:
        session.execute(update(Chat).values(paused_at=now(), paused_because="<b>100 %"))
    assert "&lt;b&gt;100 %" in russian.get("/chats/1").text
