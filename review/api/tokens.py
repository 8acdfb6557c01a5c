"""Which client sends a request, whether it may, and whether it sends too many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from review.attempts import Attempts, address_of
from storage.access import clients
from storage.models import Client, Scope
from storage.session import transaction

bearer = HTTPBearer(auto_error=False, description="A client's token; `hamlet tokens add NAME --scope …` makes one")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


def needs(*scopes: Scope) -> Callable[[Request, Bearer], Client]:
    """A dependency: the client of the request's token, which has one of the scopes. Answers 401, 403 and 429."""

    def client(request: Request, credentials: Bearer) -> Client:
        asking = _client_of(request, credentials)
        if asking.requests > asking.requests_a_minute:
            reason = f"{asking.name} may ask {asking.requests_a_minute} times a minute; wait for the next one."
            raise HTTPException(429, reason, {"Retry-After": str(clients.seconds_to_wait())})
        if not set(scopes) & set(asking.scopes):
            raise HTTPException(
                403, f"This needs the scope {' or '.join(scopes)}; the token of {asking.name} has none."
            )
        return asking

    return client


def _client_of(request: Request, credentials: HTTPAuthorizationCredentials | None) -> Client:
    """The client that the token belongs to; counts the request.

    Raises HTTPException: 401 where there is none, 429 where the address brought too many unknown tokens.
    """
    nobody = HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    if credentials is None:
        raise nobody
    attempts: Attempts = request.app.state.attempts
    address, token = address_of(request), credentials.credentials
    if seconds := attempts.wait(address, token):
        reason = f"Too many unknown tokens came from your address; wait {seconds} seconds."
        raise HTTPException(429, reason, {"Retry-After": str(seconds)})
    with transaction(request.app.state.engine) as session:
        client = clients.spend(session, token)
    if client is None:
        attempts.failed(address, token)
        raise nobody
    attempts.succeeded(token)
    return client


MayClassify = Annotated[Client, Depends(needs(Scope.CLASSIFY))]
MayFollow = Annotated[Client, Depends(needs(Scope.CLASSIFY, Scope.READ))]
MayRead = Annotated[Client, Depends(needs(Scope.READ))]
MayCorrect = Annotated[Client, Depends(needs(Scope.CORRECT))]
MayImport = Annotated[Client, Depends(needs(Scope.IMPORT))]
MayExport = Annotated[Client, Depends(needs(Scope.EXPORT))]
