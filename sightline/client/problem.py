"""A failed call: a stable code and a sentence, from the API or from this client."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import requests

_TRANSIENT = {429, 500, 502, 503, 504}
_CONNECTION_ERRORS = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
_CERTIFICATE_ERROR = requests.exceptions.SSLError


@dataclass(frozen=True, slots=True)
class Response:
    """The HTTP response behind a problem: its status, and its `Retry-After` header or an empty string."""

    status: int | None = None
    retry_after: str = ""


class Problem(Exception):  # noqa: N818 (RFC 9457's word)
    """A code, a detail, and whether a retry may help; `response` is empty where there was no response."""

    def __init__(self, code: str, detail: str, *, retryable: bool = False, response: Response = Response()) -> None:
        super().__init__(detail)
        self.code, self.detail, self.retryable = code, detail, retryable
        self.status, self.retry_after = response.status, response.retry_after

    @classmethod
    def from_response(cls, response: requests.Response) -> Self:
        """Read problem+json, API Gateway's own `{"message"}`, or the XML of S3."""
        body = _json(response) or _xml(response.text)
        code = body.get("code") or f"http_{response.status_code}"
        detail = body.get("detail") or body.get("message") or response.reason or "The response gives no reason."
        # The API's own statement on retries is more reliable than the status.
        retryable = body.get("retryable", response.status_code in _TRANSIENT)
        received = Response(response.status_code, response.headers.get("Retry-After", ""))
        return cls(str(code), str(detail), retryable=bool(retryable), response=received)

    @classmethod
    def from_failure(cls, error: requests.RequestException, url: str) -> Self:
        """Read a call that got no response."""
        host = re.sub(r"^\w+://([^/?#]*).*", r"\1", url, flags=re.DOTALL)
        if isinstance(error, _CERTIFICATE_ERROR):
            return cls("bad_certificate", f"The certificate of {host} cannot be trusted.")
        if isinstance(error, requests.Timeout):
            return cls("no_answer", f"{host} did not respond in time.", retryable=True)
        if isinstance(error, _CONNECTION_ERRORS):
            return cls("unreachable", f"{host} cannot be reached, or closed the connection.", retryable=True)
        return cls("bad_request", f"The request to {host} cannot be sent: {error}")

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form, with the API's field names."""
        return {"code": self.code, "detail": self.detail, "retryable": self.retryable}

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


def _json(response: requests.Response) -> Mapping[str, object]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _xml(text: str) -> Mapping[str, str]:
    return {name.lower(): value for name, value in re.findall(r"<(Code|Message)>([^<]*)</", text)}
