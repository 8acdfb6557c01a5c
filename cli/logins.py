"""Who runs the command, and login links for the review site."""

from __future__ import annotations

import getpass

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


def login_link(name: str | None) -> str:
    """A link that logs `name` in once. Raises DatabaseUnreachable."""
    engine = open_engine(StorageSettings().address)
    with transaction(engine) as session:
        token = logins.new_link(session, name or user())
    return f"{ReviewSettings().url}/login?token={token}"
