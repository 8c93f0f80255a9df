"""The deployment to call: from the command line, else from the environment, else the one that runs on this machine."""

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
    """No deployment can be called; the text says how to name one."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The base URL of an API, and the access token to send, or None."""

    url: str
    token: str | None

    @classmethod
    def find(cls, url: str | None, token: str | None, environment: Mapping[str, str] = os.environ) -> Self:
        """Return the endpoint to call; raises EndpointError."""
        endpoint = cls(
            (url or environment.get(API) or _local_url()).rstrip("/"),
            token or environment.get(TOKEN, "").strip() or None,
        )
        parts = urlsplit(endpoint.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise EndpointError(f"{endpoint.url!r} is no http(s) URL of an API.")
        if endpoint.token and not (endpoint.token.isascii() and endpoint.token.isprintable()):
            raise EndpointError("The token contains characters that no token contains; copy it again.")
        if endpoint.token and parts.scheme == "http" and not endpoint.local:
            raise EndpointError("A token is sent over https only: over http it could be read on its way.")
        return endpoint

    @property
    def local(self) -> bool:
        """True if the API runs on this machine, where no proxy is used."""
        return bool(_LOOPBACK.fullmatch(urlsplit(self.url).hostname or ""))


def _local_url() -> str:
    """Return the URL of the deployment that `make run` started in this folder or one above it."""
    for folder in (Path.cwd(), *Path.cwd().parents):
        try:
            return str(json.loads((folder / _FILE).read_text(encoding="utf-8"))["api"])
        except FileNotFoundError:
            continue
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise EndpointError(f"{folder / _FILE} cannot be read; name the API with --api.") from error
    raise EndpointError(f"No API is named. Pass --api URL or set {API}; an API started by make run is found by itself.")
