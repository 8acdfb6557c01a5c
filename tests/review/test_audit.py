"""The audit as a page and as a file."""

from __future__ import annotations

from storage.access import audit
from storage.session import transaction
from tests.review.site import Site, as_moderator, entries, in_two_chats
from tests.storage import given


def test_every_way_in_writes_the_audit(site: Site) -> None:
    [verdict, _] = in_two_chats(site)
    site.post(f"/review/{verdict}", is_spam="true")
    given.corrected(site.engine, verdict, "telegram:7", False)
    site.post(f"/review/{verdict}/undo")
    rows = [(entry.actor, entry.what, entry.detail) for entry in entries(site.engine)]
    assert ("web:ann", "login", "ann, operator") in rows
    assert ("a test", "promotion", "v1") in rows
    assert rows[-3:] == [
        ("web:ann", "decision", "spam"),
        ("telegram:7", "decision", "not spam (disputed)"),
        ("web:ann", "decision", "takes back: spam (disputed)"),
    ]


def test_the_audit_is_taken_away_and_carries_nothing_out(site: Site) -> None:
    with transaction(site.engine) as session:
        audit.note(session, "=cmd()", "setting", 'a "quoted", word')
    table = site.get("/audit.csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert '\'=cmd(),setting,"a ""quoted"", word"' in table.text


def test_a_moderators_audit_is_of_their_chats(site: Site) -> None:
    mine, others = in_two_chats(site)
    for verdict in (mine, others):
        given.corrected(site.engine, verdict, f"telegram:{verdict}00", True)
    as_moderator(site, 1)
    for path in ("/audit", "/audit.csv"):
        shown = site.get(path).text
        assert f"telegram:{mine}00" in shown
        assert f"telegram:{others}00" not in shown
