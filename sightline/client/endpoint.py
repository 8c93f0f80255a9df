"""Which deployment is meant: what the caller says, else the environment, else the one that runs on this machine."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

API = "SIGHTLINE_API"
TOKEN = "SIGHTLINE_TOKEN"  # noqa: S105 (the variable's name)
_FILE = Path(".local/endpoints.json")
_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1")


class EndpointError(ValueError):
    """There is no deployment to speak to; the text says how to name one."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An API's base URL, and the token to show it if there is one."""

    url: str
    token: str | None

    @classmethod
    def find(cls, url: str | None, token: str | None, environment: Mapping[str, str] = os.environ) -> Self:
        """The deployment meant; raises EndpointError."""
        found = cls(
            (url or environment.get(API) or _running()).rstrip("/"), token or environment.get(TOKEN, "").strip() or None
        )
        parts = urlsplit(found.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise EndpointError(f"{found.url!r} is no http(s) URL of an API.")
        if found.token and not (found.token.isascii() and found.token.isprintable()):
            raise EndpointError("The token holds what no token holds; copy it anew.")
        if found.token and parts.scheme == "http" and not found.local:
            raise EndpointError("A token goes over https only: over http anybody on the way could read it.")
        return found

    @property
    def local(self) -> bool:
        """Whether it runs on this machine, where no proxy leads."""
        return bool(_LOOPBACK.fullmatch(urlsplit(self.url).hostname or ""))


def _running() -> str:
    """What `make run` started from this folder or one above it."""
    for folder in (Path.cwd(), *Path.cwd().parents):
        try:
            return str(json.loads((folder / _FILE).read_text(encoding="utf-8"))["api"])
        except FileNotFoundError:
            continue
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise EndpointError(f"{folder / _FILE} cannot be read; name the API with --api.") from error
    raise EndpointError(f"No API is named: give --api URL or set {API}; make run starts one that is found by itself.")
