"""Which client asks, whether it may, and whether it asks too often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from storage.models import Client, Scope
from storage.queries import clients
from storage.session import transaction

bearer = HTTPBearer(auto_error=False, description="A client's token; `hamlet tokens add NAME --scope …` makes one")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


def needs(*scopes: Scope) -> Callable[[Request, Bearer], Client]:
    """A dependency: the client of the request's token, which has one of the scopes. Answers 401, 403 and 429."""

    def client(request: Request, credentials: Bearer) -> Client:
        found = _known(request, credentials)
        if found.requests > found.requests_a_minute:
            said = f"{found.name} may ask {found.requests_a_minute} times a minute; wait for the next one."
            raise HTTPException(429, said, {"Retry-After": str(clients.seconds_to_wait())})
        if not set(scopes) & set(found.scopes):
            raise HTTPException(403, f"This needs the scope {' or '.join(scopes)}; the token of {found.name} has none.")
        return found

    return client


def _known(request: Request, credentials: HTTPAuthorizationCredentials | None) -> Client:
    if credentials is not None:
        with transaction(request.app.state.engine) as session:
            found = clients.spend(session, credentials.credentials)
        if found is not None:
            return found
    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})


MayClassify = Annotated[Client, Depends(needs(Scope.CLASSIFY))]
MayFollow = Annotated[Client, Depends(needs(Scope.CLASSIFY, Scope.READ))]
MayRead = Annotated[Client, Depends(needs(Scope.READ))]
MayCorrect = Annotated[Client, Depends(needs(Scope.CORRECT))]
MayImport = Annotated[Client, Depends(needs(Scope.IMPORT))]
MayExport = Annotated[Client, Depends(needs(Scope.EXPORT))]
