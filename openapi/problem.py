"""What every error looks like, and the headers that answers bear."""

from openapi.schema import obj

PROBLEM = {
    "description": "RFC 9457; `code` is stable, `retryable` says whether the same request may succeed later.",
} | obj(
    {
        "type": {"const": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "pattern": "^[a-z_]+$"},
        "detail": {"type": "string"},
        "retryable": {"type": "boolean"},
    }
)

HEADERS = {
    "x-request-id": {
        "description": "What to name when asking us about a request.",
        "required": True,
        "schema": {"type": "string"},
    },
    "retry-after": {
        "description": "Seconds until it makes sense to ask again.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "www-authenticate": {
        "description": "How to sign in, as RFC 6750 has it.",
        "required": True,
        "schema": {"type": "string", "pattern": "^Bearer "},
    },
    "allow": {"description": "The methods the path knows.", "required": True, "schema": {"type": "string"}},
}
