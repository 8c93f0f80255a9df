"""What a request that no route knows might have meant."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit


def methods(described: Mapping[str, Any], public_url: str, request: Mapping[str, Any]) -> list[str]:
    """The methods that the request's path is described with; none where there is no such path."""
    asked = request["rawPath"].removeprefix(urlsplit(public_url).path) or "/"
    known = [operations for path, operations in described["paths"].items() if re.fullmatch(_pattern(path), asked)]
    return sorted({method.upper() for operations in known for method in operations})


def _pattern(path: str) -> str:
    return re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))
