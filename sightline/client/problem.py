"""The errors of this package: a stable code, a sentence, and what to do about it."""

from dataclasses import dataclass

from sightline.client.remedies import remedy


@dataclass(frozen=True, slots=True)
class Response:
    """The HTTP response behind a problem: its status, and its `Retry-After` header or an empty string."""

    status: int | None = None
    retry_after: str = ""


class Problem(Exception):  # noqa: N818 (RFC 9457's word)
    """A failed call, from the API, from S3 or from this client.

    `code` is stable: docs/api.md and docs/command-line.md list the codes. `detail` is a sentence for people.
    `retryable` is True if the same call may succeed later; by then it has been retried already. `status` is the HTTP
    status and `retry_after` the `Retry-After` header; None and empty where there was no response.
    """

    def __init__(self, code: str, detail: str, *, retryable: bool = False, response: Response = Response()) -> None:
        super().__init__(detail)
        self.code, self.detail, self.retryable = code, detail, retryable
        self.status, self.retry_after = response.status, response.retry_after

    @property
    def remedy(self) -> str:
        """The sentence that says what to do about it; empty where the detail says all."""
        return remedy(self.code, self.status)

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form, with the API's field names."""
        return {"code": self.code, "detail": self.detail, "retryable": self.retryable}

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class InvalidRequest(Problem):
    """The API cannot carry out this request: a parameter, an option or the picture itself is invalid (400, 413–422)."""


class NotSignedIn(Problem):
    """The deployment has sign-in, and there is no valid token (401)."""


class NotFound(Problem):
    """There is no such image, webhook or delivery, or it is not yours (404)."""


class Conflict(Problem):
    """The image or webhook is in a state that does not allow this (409)."""


class QuotaExceeded(Problem):
    """A quota is used up, or there are too many requests; `retry_after` says when to go on (429)."""


class Unavailable(Problem):
    """There was no response, or one of 5xx, after all attempts."""


class EndpointError(Problem):
    """No deployment can be called: none is named, or the URL or the token cannot be used."""


class NoOutcomeYet(Problem):
    """The image has no outcome within the timeout; it may have one later."""


_BY_STATUS = {401: NotSignedIn, 404: NotFound, 409: Conflict, 429: QuotaExceeded}


def problem_class(status: int) -> type[Problem]:
    """Return the class of a problem with an HTTP status."""
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return Unavailable
    return InvalidRequest if status in (400, 413, 414, 415, 422) else Problem
