"""The API of a deployment as the demo calls it, and the JSON that the demo reads."""

from typing import Any, NotRequired, TypedDict

import requests


class DemoError(RuntimeError):
    """The deployed chain failed; the text gives the reason."""


class Detection(TypedDict):
    """One label with its confidence, 0–1, and perhaps its broader labels."""

    label: str
    confidence: float
    parents: NotRequired[list[str]]


class Recognition(TypedDict):
    """The detections on one image."""

    detections: list[Detection]


class Rejection(TypedDict):
    """The reason why an image cannot be recognized."""

    code: str
    detail: str


class Saved(TypedDict):
    """The numbers of calls of Rekognition that were not needed."""

    by_cascade: int
    by_reuse: int


class Dollars(TypedDict):
    """The list price of the paid and of the saved calls of Rekognition, in US dollars."""

    spent: float
    saved: float


class Totals(TypedDict):
    """The totals of GET /images/stats, as far as the demo prints them."""

    rekognition_calls: int
    rekognition_calls_saved: Saved
    dollars: Dollars


class Image(TypedDict):
    """One image with its outcome, if there is one."""

    recognition: NotRequired[Recognition]
    rejection: NotRequired[Rejection]


class Api:
    """The API of a deployment, called with a token if the deployment has sign-in."""

    def __init__(self, base_url: str, token: str | None) -> None:
        self.base_url = base_url
        self._session = requests.Session()
        self._session.trust_env = False
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Return the JSON of the response, or None if it is empty; raises DemoError unless the call succeeds."""
        try:
            response = self._session.request(method, self.base_url + path, json=body, timeout=60)
        except requests.RequestException as error:
            raise DemoError(f"{method} {path} got no response: {error}") from error
        if not response.ok:
            raise DemoError(f"{method} {path} failed with status {response.status_code}: {response.text[:500]}")
        return response.json() if response.content else None
