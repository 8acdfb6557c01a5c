"""No form is taken that does not carry its session's token: every route of the site that takes one is asked."""

from __future__ import annotations

import pytest

from tests.review.site import Site, flag
from tests.security.site_routes import filled, paths, rows

WITHOUT = {  # routes that read no token of a session before all else
    "/login",  # nobody is logged in yet; another site's is refused: tests/review/test_foreign_logins.py
    "/chats/{chat_id}/history",  # a file, whose form is read with its token: tests/review/test_history.py
}
FIELDS = {  # what the forms ask for, so that nothing but the token is missing
    "text": "hello",
    "is_spam": "true",
    "lets_in": "true",
    "mode": "observe",
    "strictness": "strict",
    "days": "7",
    "chat_id": "1",
    "champion": "v1",
    "reason": "a test",
    "words": "buy",
    "guidelines": "buy",
    "address": "@eve",
}


@pytest.mark.parametrize("token", [{}, {"csrf_token": ""}, {"csrf_token": "forged"}, {"csrf_token": "x" * 43}])
def test_every_form_is_refused_without_its_sessions_token(site: Site, token: dict[str, str]) -> None:
    flag(site, "buy now")
    before, routes = rows(site.engine), paths(site.client.app, "POST") - WITHOUT  # type: ignore[arg-type]  # the site's
    assert len(routes) > 30
    answers = {path: site.client.post(filled(path), data=FIELDS | token).status_code for path in sorted(routes)}
    assert {path: status for path, status in answers.items() if status != 403} == {}
    assert rows(site.engine) == before


def test_the_exceptions_are_routes(site: Site) -> None:
    """One that was renamed is none any more."""
    assert paths(site.client.app, "POST") >= WITHOUT  # type: ignore[arg-type]  # the site's application


def test_a_form_with_the_token_changes_what_it_asks_for(site: Site) -> None:
    flag(site, "buy now")
    before = rows(site.engine)
    site.post("/review/1", **FIELDS)
    assert rows(site.engine)["corrections"] != before["corrections"]
