"""The names of models that a caller may ask for, as `GET /models` of this API lists them.

A function asks its own API, with the caller's token. So no function needs a grant for the edge function, which belongs
to a later stack than the uploads, and there is one list. Only requests that name a model cost a call.
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from domain.detectors import DETECTORS
from wire.http.api import ApiError, Request, excerpt

REMEMBERED_SECONDS = 60
_TIMEOUT_SECONDS = 8
_EDGE = "edge"

ReadModels = Callable[[Mapping[str, str]], bytes]
"""Returns the body of `GET /models` for a request with these headers; raises OSError."""


class ModelNames:
    """The names by detector, remembered for a minute. `clock` returns seconds."""

    def __init__(
        self, public_url: str, clock: Callable[[], float] = time.monotonic, read: ReadModels | None = None
    ) -> None:
        self._url, self._clock, self._read = f"{public_url}/models", clock, read or self._get
        self._names: Mapping[str, set[str]] = {}
        self._until = 0.0

    def check(self, request: Request, model: str | None, detector: str) -> None:
        """Refuse a model that is not listed for this detector; raises ApiError 400 `unknown_model`.

        A name that is not remembered may be new, so the list is read again. Without a list every name is accepted:
        the worker rejects the image if there is no such model.
        """
        if model is None or (self._clock() < self._until and model in _known(self._names, detector)):
            return
        names = self._listed(request)
        if names is not None and model not in _known(names, detector):
            known = ", ".join(sorted(name for name in _known(names, detector) if "@" not in name)) or "none"
            raise ApiError(400, "unknown_model", f"There is no model {excerpt(model)}; there are: {known}.")

    def _listed(self, request: Request) -> Mapping[str, set[str]] | None:
        """Read the list as the caller of this request; return None if it cannot be read."""
        given = request.get("headers", {}).get("authorization")
        try:
            items: list[dict[str, Any]] = json.loads(self._read({"authorization": given} if given else {}))["items"]
        except (OSError, KeyError, TypeError, ValueError):
            return None
        self._names, self._until = _by_detector(items), self._clock() + REMEMBERED_SECONDS
        return self._names

    def _get(self, headers: Mapping[str, str]) -> bytes:
        from http.client import HTTPException  # late: few requests name a model
        from urllib.request import Request as Outgoing
        from urllib.request import urlopen

        try:
            outgoing = Outgoing(self._url, headers=dict(headers))  # noqa: S310 (the deployment's own URL)
            with urlopen(outgoing, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310
                body: bytes = response.read()
        except HTTPException as error:
            raise OSError("The API did not respond with HTTP.") from error
        return body


def _by_detector(items: list[dict[str, Any]]) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for item in items:
        versions = {f"{item['name']}@{item['version']}"} if item.get("version") else set()
        names.setdefault(item["detector"], set()).update({item["name"]} | versions)
    return names


def _known(names: Mapping[str, set[str]], detector: str) -> set[str]:
    """Return the names that a detector may be asked for; one that has no models of its own ignores any listed name."""
    if _EDGE in (detector, *DETECTORS[detector].parts):
        return names.get(_EDGE, set())
    return set().union(*names.values())
