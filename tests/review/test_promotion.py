"""Promoting and rolling back on the site: asked first, done once, never without the files."""

from __future__ import annotations

from sqlalchemy import select

from storage.learning import pruning, versions
from storage.models import ModelVersion, VersionState
from storage.session import reading, transaction
from tests.review.site import Site
from tests.review.versions import add, champion, champion_row, judged, lose_files

EVIL = '<script>alert("&1")</script>'


def test_promoting_asks_first_and_then_does_it(two: Site) -> None:
    add(two, "v3")
    judged(two, "v3", VersionState.REJECTED, passes=False, reasons=["too bold"])
    asked = two.get("/models/v3/promote").text
    assert "refused: too bold" in asked
    assert "Promote v3 anyway" in asked
    assert champion(two) == "v2"
    assert two.post("/models/v3/promote", champion="v2").status_code == 303
    assert champion(two) == "v3"
    assert champion_row(two).promoted_by == "ann (review site)"


def test_promoting_twice_is_once_and_a_stale_page_changes_nothing(two: Site) -> None:
    for name in ("v3", "v4"):
        add(two, name)
    assert two.post("/models/v3/promote", champion="v2").status_code == 303
    assert two.post("/models/v3/promote", champion="v2").status_code == 303, "the second press of one button"
    stale = two.post("/models/v4/promote", champion="v2")
    assert stale.status_code == 409
    assert "Somebody was faster: v3 serves now" in stale.text
    assert champion(two) == "v3"
    with reading(two.engine) as session:
        states = list(session.scalars(select(ModelVersion.state).where(ModelVersion.state == VersionState.CHAMPION)))
    assert len(states) == 1


def test_a_version_without_its_files_cannot_be_promoted(two: Site) -> None:
    with transaction(two.engine) as session:
        pruning.mark(versions.named(session, "v1"))
    assert two.get("/models/v1/promote").status_code == 409
    assert two.post("/models/v1/promote", champion="v2").status_code == 409
    assert champion(two) == "v2"


def test_a_version_whose_files_are_gone_is_marked_and_offered_to_nobody(two: Site) -> None:
    add(two, "v3")
    assert 'href="/models/v3/promote"' in two.get("/models").text
    lose_files(two, "v3")
    page = two.get("/models").text
    assert page.count("its files are gone from HAMLET_HOME") == 1
    assert 'href="/models/v3/promote"' not in page
    assert "Its files are gone from HAMLET_HOME" in two.get("/models/v3").text
    assert "are gone" not in two.get("/models/v2").text
    assert two.get("/models/v3/promote").status_code == 409
    assert "are gone from HAMLET_HOME" in two.post("/models/v3/promote", champion="v2").text
    assert champion(two) == "v2"


def test_a_champion_whose_files_are_gone_says_so(two: Site) -> None:
    lose_files(two, "v2")
    assert "a worker that starts cannot load it" in two.get("/models").text


def test_rolling_back_passes_over_a_version_whose_files_are_gone(two: Site) -> None:
    add(two, "v3", promoted=True)
    lose_files(two, "v2")
    assert "Roll back to v1 …" in two.get("/models").text
    assert "Roll back to v1?" in two.get("/models/rollback").text
    two.post("/models/rollback", champion="v3")
    assert champion(two) == "v1"


def test_rolling_back_asks_first_and_goes_back_once(two: Site) -> None:
    assert "Roll back to v1?" in two.get("/models/rollback").text
    assert two.post("/models/rollback", champion="v2", reason=EVIL).status_code == 303
    assert champion(two) == "v1"
    assert two.post("/models/rollback", champion="v2").status_code == 409, "the second press of one button"
    page = two.get("/models").text
    assert "rolled back by ann (review site)" in page
    assert EVIL not in page


def test_with_nothing_to_go_back_to_it_says_so(site: Site) -> None:
    add(site, "v1", promoted=True)
    assert "Roll back" not in site.get("/models").text
    assert site.get("/models/rollback").status_code == 409
    assert site.post("/models/rollback", champion="v1").status_code == 409
    assert champion(site) == "v1"
