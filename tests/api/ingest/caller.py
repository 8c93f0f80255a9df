"""A caller that sends URLs to the upload handler, and checks the response, the log and the bucket."""

import io
import json
from dataclasses import dataclass, field
from functools import partial
from types import ModuleType
from typing import Any

import pytest

import wire.http.api
from tests.api.ingest.hostile_responses import CANARY
from tests.bucket_server import BucketServer
from tests.builders import Context, http_request
from tests.clock import Clock
from wire.outbound.fetch import fetch

SECONDS = {"timeout": 0.4}
"""Seconds that a fetch may take in tests of its deadline, by the clock that the servers advance."""

STATUS = {
    "invalid_url": 400, "too_large": 413, "not_an_image": 415, "unsupported_encoding": 415, "unsupported_format": 415,
    "dns_failure": 422, "empty": 422, "too_many_redirects": 422, "url_blocked": 422, "connect_failed": 502,
    "not_http": 502, "upstream_status": 502, "timeout": 504,
}  # fmt: skip


@dataclass
class Caller:
    """A caller of the handler in the module `upload`, which stores pictures in `bucket`."""

    upload: ModuleType
    bucket: BucketServer
    clock: Clock
    monkeypatch: pytest.MonkeyPatch
    log: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        self.monkeypatch.setattr(wire.http.api.logger.registered_handler, "stream", self.log)
        self.bucket.objects.clear()

    def sends(self, url: str, seconds: float = 60) -> dict[str, Any]:
        """Send a URL; return the body of the response after a check that its status is that of its code."""
        self.monkeypatch.setattr(self.upload, "fetch", partial(fetch, seconds=seconds, largest=100_000))
        response = self.upload.handler(http_request("GET /", query={"url": url}), Context())
        body: dict[str, Any] = json.loads(response["body"])
        assert response["statusCode"] == STATUS.get(body.get("code", ""), 202)
        return body

    def is_refused(self, url: str, code: str) -> None:
        """Check that a URL is refused with this code, without a stored object and without a word of the server."""
        body = self.sends(url, SECONDS.get(code, 60))
        assert body["code"] == code
        assert self.bucket.objects == {}
        for text in (json.dumps(body), self.log.getvalue()):
            assert not [word for word in (CANARY, "127.0.0.1", "Error", "Traceback") if word in text]
