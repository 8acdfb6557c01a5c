"""Who is signed in: by a session cookie, and for every form by a token that another site cannot know."""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Form, Request, Response

from review.settings import ReviewSettings
from storage.access import logins
from storage.models import LoginSession
from storage.session import reading

COOKIE = "hamlet_session"
COOKIE_SECONDS = logins.SESSION_DAYS * 86_400


class NotSignedIn(Exception):
    """No session, or one that has ended."""


class ForgedForm(Exception):
    """The form was not made for this session."""


class NotAllowed(Exception):
    """Only an operator may do this."""


class ForeignLogin(Exception):
    """Another site's page sent a login, which may be somebody else's."""


def from_this_site(request: Request) -> None:
    """Nothing, unless the browser says that another site's page sent this form. Raises ForeignLogin."""
    headers, settings = request.headers, request.app.state.settings
    if "sec-fetch-site" in headers:
        is_own = headers["sec-fetch-site"] in ("same-origin", "none")
    elif "origin" in headers:  # browsers without that header, and sites without TLS
        own = {headers.get("host", "").lower(), _host(settings.public_url or "")}  # a proxy may have changed the first
        is_own = _host(headers["origin"]) in own - {""}
    else:
        is_own = True
    if not is_own:
        raise ForeignLogin


def _host(address: str) -> str:
    """Host and port of an address, or nothing where it has none."""
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


def signed_in(request: Request) -> LoginSession:
    """The session of the request's cookie. Raises NotSignedIn."""
    token = request.cookies.get(COOKIE)
    if token:
        with reading(request.app.state.engine) as session:
            login = logins.open_session(session, token)
        if login is not None:
            return login
    raise NotSignedIn


SignedIn = Annotated[LoginSession, Depends(signed_in)]


def own_form(login: SignedIn, csrf_token: Annotated[str, Form()] = "") -> LoginSession:
    """The session, if the form carries its token. Raises NotSignedIn or ForgedForm."""
    if not secrets.compare_digest(login.csrf_token.encode(), csrf_token.encode("utf-8", "replace")):
        raise ForgedForm
    return login


OwnForm = Annotated[LoginSession, Depends(own_form)]


def operators_form(login: OwnForm) -> LoginSession:
    """The session of an operator, if the form carries its token. Raises NotSignedIn, ForgedForm or NotAllowed."""
    if not login.is_operator:
        raise NotAllowed
    return login


OperatorsForm = Annotated[LoginSession, Depends(operators_form)]


def remember(response: Response, token: str, settings: ReviewSettings) -> None:
    """Set the session cookie: not for scripts, not for other sites, and over TLS only where the site has TLS."""
    secure = settings.url.startswith("https://")
    response.set_cookie(COOKIE, token, max_age=COOKIE_SECONDS, httponly=True, samesite="lax", secure=secure)
