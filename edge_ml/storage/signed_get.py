"""GETs of S3 objects, signed by botocore's signer and sent over one kept connection for each thread.

A request costs a fifth of the processor time of one by botocore's client, and no client has to be made for the first.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple, Self
from urllib.parse import quote, urlsplit

from edge_ml.image_error import ImageError
from edge_ml.storage.plain_http import Connection, Head, Origin, UnusualResponseError, trusted_tls
from edge_ml.storage.read_errors import check_length, read_error
from edge_ml.storage.signer import GetRequest, Signer, environment_or_session

if TYPE_CHECKING:
    from edge_ml.protocol import ImageRequest

ATTEMPTS = 4
LONGEST_PAUSE = 20
"""Attempts in all, and seconds between two at most, as in botocore's mode `standard` with three retries."""

_TRANSIENT = {500, 502, 503, 504}
_REFUSED = {403, 404, 405}
_LONGEST_ERROR = 100_000
_OTHER_DOMAINS = ("cn-", "us-iso", "eu-iso", "eusc-")
"""The beginnings of regions whose partition has another domain than amazonaws.com."""

_LEFT_TO_BOTOCORE = (
    "AWS_CA_BUNDLE", "AWS_PROFILE", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_USE_FIPS_ENDPOINT",
    "HTTP_PROXY", "HTTPS_PROXY", "REQUESTS_CA_BUNDLE", "http_proxy", "https_proxy",
)  # fmt: skip
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")


class Place(NamedTuple):
    """The address of a bucket: scheme, host with port, and the path before the key."""

    scheme: str
    host: str
    path: str


class SignedGet:
    """Reads objects; `endpoint` is a URL in place of S3's own, and `pause` waits between two attempts."""

    def __init__(
        self, signer: Signer, region: str, endpoint: str = "", pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._signer, self._region, self._endpoint, self._pause = signer, region, endpoint, pause
        self._tls = None if endpoint.startswith("http:") else trusted_tls()
        self._kept = threading.local()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self | None:
        """Return the reader for Lambda's environment; None where it has settings that only botocore follows."""
        region = environment.get("AWS_REGION", "")
        ignored = environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true"
        endpoint = "" if ignored else next(filter(None, map(environment.get, _ENDPOINTS)), "")
        if not region or region.startswith(_OTHER_DOMAINS) or any(map(environment.get, _LEFT_TO_BOTOCORE)):
            return None
        return cls(Signer(region, environment_or_session(environment)), region, endpoint)

    def read(self, image: "ImageRequest") -> bytes:
        """Return the bytes of the object; raises ImageError, or UnusualResponseError.

        Lost connections, timeouts and S3's errors are tried again, after a random part of 1, 2 and 4 s.
        """
        for attempt in range(ATTEMPTS - 1):
            try:
                return self._get(image)
            except (OSError, _TransientError):
                self._pause(_jitter() * min(2**attempt, LONGEST_PAUSE))
        try:
            return self._get(image)
        except OSError as error:
            raise ImageError("storage_error", f"S3 could not be read: {error}", retryable=True) from error
        except _TransientError as error:
            raise read_error(error.code, error.message) from error

    def close(self) -> None:
        """Close the connection that is kept for this thread."""
        kept: Connection | None = getattr(self._kept, "connection", None)
        self._kept.connection = None
        if kept:
            kept.close()

    def place(self, bucket: str) -> Place:
        """Return the address of a bucket."""
        if self._endpoint:
            given = urlsplit(self._endpoint)
            return Place(given.scheme, given.netloc, f"{given.path.rstrip('/')}/{bucket}/")
        host = f"s3.{self._region}.amazonaws.com"
        if _is_host_label(bucket):
            return Place("https", f"{bucket}.{host}", "/")
        return Place("https", host, f"/{bucket}/")

    def _get(self, image: "ImageRequest") -> bytes:
        place = self.place(image["bucket"])
        target = place.path + quote(image["key"], safe="/~")
        if image["version"] != "null":
            target += f"?versionId={quote(image['version'], safe='~')}"
        request = GetRequest(f"{place.scheme}://{place.host}{target}", place.host)
        connection, head = self._send(place, target, self._signer.headers(request))
        # The connection is kept only after a response that was read to its end.
        try:
            body = _body(connection, head)
        except BaseException:
            connection.close()
            raise
        if head.closes:
            connection.close()
        else:
            self._kept.connection, self._kept.place = connection, place[:2]
        return body

    def _send(self, place: Place, target: str, headers: Mapping[str, str]) -> tuple[Connection, Head]:
        """Send a request over the kept connection, or over a new one where S3 has closed that one meanwhile."""
        kept: Connection | None = getattr(self._kept, "connection", None)
        self._kept.connection = None
        if kept and self._kept.place == place[:2]:
            try:
                return kept, kept.get(target, headers)
            except ConnectionError:
                kept.close()
            except BaseException:
                kept.close()
                raise
        elif kept:
            kept.close()
        connection = Connection(self._origin(place))
        try:
            return connection, connection.get(target, headers)
        except BaseException:
            connection.close()
            raise

    def _origin(self, place: Place) -> Origin:
        given = urlsplit(f"//{place.host}")
        tls = self._tls if place.scheme == "https" else None
        return Origin(given.hostname or "", given.port or (443 if tls else 80), tls)


class _TransientError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code, self.message = code, message


def _is_host_label(bucket: str) -> bool:
    """Return whether the bucket may be a part of the host's name: S3's certificates do not cover names with dots.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
    """
    letters = bucket.replace("-", "")
    return letters.isascii() and letters.isalnum() and bucket == bucket.lower().strip("-")


def _jitter() -> float:
    import random  # late: the first image needs none

    return random.random()  # noqa: S311


def _body(connection: Connection, head: Head) -> bytes:
    if head.status == 200:
        check_length(head.length)
        return connection.body(head.length)
    if head.status not in _TRANSIENT | _REFUSED or head.length > _LONGEST_ERROR:
        raise UnusualResponseError
    text = connection.body(head.length).decode(errors="replace")
    code, message = _field(text, "Code") or str(head.status), _field(text, "Message")
    raise _TransientError(code, message) if head.status in _TRANSIENT else read_error(code, message)


def _field(text: str, name: str) -> str:
    return text.partition(f"<{name}>")[2].partition("<")[0]
