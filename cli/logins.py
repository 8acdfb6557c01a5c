"""Who runs the command, and who logs in on the review site and is logged out."""

from __future__ import annotations

import getpass

from cli.errors import CommandError
from review.settings import ReviewSettings
from storage.access import logins
from storage.session import open_engine, transaction
from storage.settings import StorageSettings


def user() -> str:
    """The name that decisions made on the command line carry."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "operator"


def signature() -> str:
    """The same, with where the decision was made."""
    return f"{user()} (command line)"


def log_out(who: str | None) -> str:
    """End the sessions of that name or actor (None: of everybody), and return what was done.

    Raises CommandError where that person has neither a session nor a waiting link.
    """
    with transaction(open_engine(StorageSettings().address)) as session:
        sessions, links = logins.end_sessions_of(session, who, signature())
        others = logins.logged_in(session)
    if who is not None and not sessions and not links:
        raise CommandError(f"nobody is logged in as {who!r}; logged in are: {', '.join(others) or 'none'}")
    return f"Sessions ended: {sessions}; waiting login links deleted: {links}."


def login_link(name: str | None) -> str:
    """A link that logs `name` in once. Raises DatabaseUnreachable."""
    engine = open_engine(StorageSettings().address)
    with transaction(engine) as session:
        token = logins.new_link(session, name or user())
    return f"{ReviewSettings().url}/login?token={token}"
