"""What went wrong: a stable code and a sentence, as the API says them or as this side found out."""

import re
from collections.abc import Mapping
from typing import Any, Self

import requests

_TRANSIENT = {429, 500, 502, 503, 504}
_BROKEN = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
_CERTIFICATE = requests.exceptions.SSLError


class Problem(Exception):  # noqa: N818 (RFC 9457's word)
    """`code`, `detail`, whether another try may help; `status` and `retry_after` as far as there was an answer."""

    def __init__(
        self, code: str, detail: str, *, retryable: bool = False, status: int | None = None, retry_after: str = ""
    ) -> None:
        super().__init__(detail)
        self.code, self.detail, self.retryable = code, detail, retryable
        self.status, self.retry_after = status, retry_after

    @classmethod
    def from_answer(cls, answer: requests.Response) -> Self:
        """Read problem+json, API Gateway's own `{"message"}`, or the XML of S3."""
        said = _json(answer) or _xml(answer.text)
        code = said.get("code") or f"http_{answer.status_code}"
        detail = said.get("detail") or said.get("message") or answer.reason or "There was no reason given."
        # Where the API says whether another try may help, it knows better than the status.
        retryable = said.get("retryable", answer.status_code in _TRANSIENT)
        after = answer.headers.get("Retry-After", "")
        return cls(str(code), str(detail), retryable=bool(retryable), status=answer.status_code, retry_after=after)

    @classmethod
    def from_failure(cls, error: requests.RequestException, url: str) -> Self:
        """Read a call that got no answer."""
        host = re.sub(r"^\w+://([^/?#]*).*", r"\1", url, flags=re.DOTALL)
        if isinstance(error, _CERTIFICATE):
            return cls("bad_certificate", f"The certificate of {host} cannot be trusted.")
        if isinstance(error, requests.Timeout):
            return cls("no_answer", f"{host} did not answer in time.", retryable=True)
        if isinstance(error, _BROKEN):
            return cls("unreachable", f"{host} cannot be reached, or broke off.", retryable=True)
        return cls("bad_request", f"{host} cannot be asked: {error}")

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, named as the API names it."""
        return {"code": self.code, "detail": self.detail, "retryable": self.retryable}

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


def _json(answer: requests.Response) -> Mapping[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _xml(text: str) -> Mapping[str, str]:
    return {name.lower(): said for name, said in re.findall(r"<(Code|Message)>([^<]*)</", text)}
