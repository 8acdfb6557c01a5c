"""The HTTP API for programs: `/api/v1`, with its own document at `/api/v1/openapi.json`. Tokens, no cookies, no HTML."""
