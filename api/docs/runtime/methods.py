"""The methods of a path, for a request that matches no route."""

import re
from collections.abc import Mapping
from typing import TypedDict
from urllib.parse import urlsplit

from wire.http.api import Request


class Description(TypedDict):
    """The parts of an OpenAPI description that are used here."""

    paths: Mapping[str, Mapping[str, object]]
    servers: list[dict[str, str]]


def methods(description: Description, public_url: str, request: Request) -> list[str]:
    """Return the methods that the description has for the request's path, in capitals; none for an unknown path.

    A path with GET has HEAD too, which the description does not repeat.
    """
    requested = request["rawPath"].removeprefix(urlsplit(public_url).path) or "/"
    paths = [path for path in description["paths"] if re.fullmatch(_pattern(path), requested)]
    found = {method.upper() for path in paths for method in description["paths"][path]}
    return sorted(found | {"HEAD"} if "GET" in found else found)


def _pattern(path: str) -> str:
    return re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))
