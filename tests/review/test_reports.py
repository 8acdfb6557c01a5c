"""The files of a version's report, and two versions side by side."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from review.app import create_app
from review.settings import ReviewSettings
from storage.settings import StorageSettings
from tests.review.site import Site, as_moderator, in_two_chats
from tests.storage import given


def test_a_report_is_served_and_nothing_beside_it(sqlite_engine: Engine, tmp_path: Path) -> None:
    report = tmp_path / "models" / "v1" / "report"
    report.mkdir(parents=True)
    (report / "loss.svg").write_text("<svg/>")
    (report / "model-card.md").write_text("# A <card>")
    (report.parent / "secret.svg").write_text("no")
    given.version(sqlite_engine)
    app = create_app(StorageSettings(database_url=str(sqlite_engine.url), home=tmp_path), ReviewSettings())
    site = Site(app, sqlite_engine)
    site.log_in()
    assert site.get("/models/v1/report/loss.svg").text == "<svg/>"
    for path in (
        "v1/report/accuracy.svg",
        "v1/report/model-card.md",
        "v1/report/..%2fsecret.svg",
        "v9/report/loss.svg",
    ):
        assert site.get(f"/models/{path}").status_code == 404, path
    assert "# A &lt;card&gt;" in site.get("/models/v1").text
    app.state.engine.dispose()


def test_two_versions_are_compared_on_the_same_messages(site: Site) -> None:
    in_two_chats(site)
    given.shadowed(site.engine, given.in_shadow(site.engine), 0.1)
    shown = site.get("/models/v1/against?other=v2").text
    for word in ("only by v1</dt><dd>2", "only by v2</dt><dd>0", "of 1", "0.100"):
        assert word in shown, word
    as_moderator(site, 1)
    assert "of 2" not in site.get("/models/v1/against?other=v2").text
    assert site.get("/models/v1/against?other=v9").status_code == 404
