"""The schema of every error response, and the headers of responses."""

from openapi.route import JsonObject
from openapi.schema import constant, obj

PROBLEM = {
    "description": "RFC 9457; `code` is stable, `retryable` is whether the same request may succeed later.",
} | obj(
    {
        "type": constant("about:blank"),
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "pattern": "^[a-z_]+$"},
        "detail": {"type": "string"},
        "retryable": {"type": "boolean"},
    }
)

HEADERS: JsonObject = {
    "x-request-id": {
        "description": "The id of the request, for questions about it.",
        "required": True,
        "schema": {"type": "string"},
    },
    "retry-after": {
        "description": "Seconds to wait before the next request.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "www-authenticate": {
        "description": "The way to sign in, by RFC 6750. API Gateway sends it as `x-amzn-remapped-www-authenticate`.",
        "required": False,
        "schema": {"type": "string", "pattern": "^Bearer "},
    },
    "allow": {"description": "The methods of the path.", "required": True, "schema": {"type": "string"}},
}


def used_headers(paths: JsonObject) -> JsonObject:
    """Return the described headers to which a response of these paths refers."""
    operations = [operation for item in paths.values() for operation in item.values()]
    used = {
        name
        for operation in operations
        for response in operation["responses"].values()
        for name in response.get("headers", ())
    }
    return {name: header for name, header in HEADERS.items() if name in used}
