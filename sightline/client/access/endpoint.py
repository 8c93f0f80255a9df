"""The deployment to call: as named, else from the environment, else the one that runs on this machine."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from sightline.client.problem import EndpointError
from sightline.client.transport.session import is_local

API = "SIGHTLINE_API"
TOKEN = "SIGHTLINE_TOKEN"  # noqa: S105 (the variable's name)
_FILE = Path(".local/endpoints.json")


class Running(NamedTuple):
    """The deployment that `make run` started: the folder of its files, and the content of `endpoints.json`."""

    folder: Path
    addresses: Mapping[str, str | None]

    @classmethod
    def find(cls) -> Self | None:
        """Return the deployment started in this folder or one above it, or None; raises EndpointError."""
        for folder in (Path.cwd(), *Path.cwd().parents):
            try:
                addresses = json.loads((folder / _FILE).read_text(encoding="utf-8"))
                return cls((folder / _FILE).parent, dict(addresses, api=str(addresses["api"])))
            except FileNotFoundError:
                continue
            except (OSError, ValueError, LookupError, TypeError) as error:
                detail = f"{folder / _FILE} cannot be read; name the API with --api."
                raise EndpointError("unreadable_endpoints", detail) from error
        return None

    @property
    def url(self) -> str:
        """The base URL of the API."""
        return str(self.addresses["api"]).rstrip("/")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The base URL of an API, the access token that was passed, or None, and the local deployment if it is that one."""

    url: str
    token: str | None = None
    running: Running | None = None

    @classmethod
    def find(cls, url: str | None, token: str | None, environment: Mapping[str, str] = os.environ) -> Self:
        """Return the endpoint to call; raises EndpointError."""
        named = url or environment.get(API)
        running = _running(named)
        if not (named or running):
            detail = f"No API is named. Pass --api URL or set {API}; an API started by make run is found by itself."
            raise EndpointError("no_deployment", detail)
        found = (named or (running.url if running else "")).rstrip("/")
        endpoint = cls(found, token or environment.get(TOKEN, "").strip() or None, running)
        _check(endpoint)
        return endpoint


def check_token_transport(url: str) -> None:
    """Raise EndpointError where a token would be sent over the network in clear text."""
    if urlsplit(url).scheme == "http" and not is_local(url):
        detail = "A token is sent over https only: over http it could be read on its way."
        raise EndpointError("insecure_api", detail)


def _running(named: str | None) -> Running | None:
    """Return the local deployment, if it is the one that is named or none is."""
    try:
        running = Running.find()
    except EndpointError:
        if named:
            return None
        raise
    return running if running and (not named or named.rstrip("/") == running.url) else None


def _check(endpoint: Endpoint) -> None:
    parts = urlsplit(endpoint.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise EndpointError("invalid_api", f"{endpoint.url!r} is no http(s) URL of an API.")
    if endpoint.token and not (endpoint.token.isascii() and endpoint.token.isprintable()):
        raise EndpointError("invalid_token", "The token contains characters that no token contains; copy it again.")
    if endpoint.token:
        check_token_transport(endpoint.url)
