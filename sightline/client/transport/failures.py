"""Turn responses and exceptions into problems."""

import re
from collections.abc import Mapping

import requests

from sightline.client.problem import Problem, Response, Unavailable, problem_class

_TRANSIENT = {429, 500, 502, 503, 504}
_CONNECTION_ERRORS = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
_CERTIFICATE_ERROR = requests.exceptions.SSLError


def refusal(response: requests.Response) -> Problem:
    """Read problem+json, API Gateway's own `{"message"}`, or the XML of S3."""
    body = _json(response) or _xml(response.text)
    code = body.get("code") or f"http_{response.status_code}"
    detail = body.get("detail") or body.get("message") or response.reason or "The response gives no reason."
    # The API's own statement on retries is more reliable than the status.
    retryable = body.get("retryable", response.status_code in _TRANSIENT)
    received = Response(response.status_code, response.headers.get("Retry-After", ""))
    kind = problem_class(response.status_code)
    return kind(str(code), str(detail), retryable=bool(retryable), response=received)


def failure(error: requests.RequestException, url: str) -> Problem:
    """Read a call that got no response."""
    host = re.sub(r"^\w+://([^/?#]*).*", r"\1", url, flags=re.DOTALL)
    if isinstance(error, _CERTIFICATE_ERROR):
        return Unavailable("bad_certificate", f"The certificate of {host} cannot be trusted.")
    if isinstance(error, requests.Timeout):
        return Unavailable("no_answer", f"{host} did not respond in time.", retryable=True)
    if isinstance(error, _CONNECTION_ERRORS):
        return Unavailable("unreachable", f"{host} cannot be reached, or closed the connection.", retryable=True)
    return Problem("bad_request", f"The request to {host} cannot be sent: {error}")


def _json(response: requests.Response) -> Mapping[str, object]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _xml(text: str) -> Mapping[str, str]:
    return {name.lower(): value for name, value in re.findall(r"<(Code|Message)>([^<]*)</", text)}
