"""The server of the stand-in, a process of its own: the calls of AWS clients, and the limit and count of these calls.

EMULATOR_PORT is the port of the emulator whose S3 holds the pictures.
"""

import os
from functools import partial
from http import HTTPStatus

from local import loopback
from local.emulator import account
from local.rekognition.call_limit import CallLimit
from local.rekognition.protocol import RekognitionHandler
from local.rekognition.stand_in import MODEL_VERSION, StandIn


class StandInHandler(RekognitionHandler):
    """Serves the calls of AWS clients; PUT /limit sets the calls per second and resets the count; GET / counts."""

    def __init__(self, stand_in: StandIn, *args: object) -> None:
        self._stand_in = stand_in
        super().__init__(stand_in, *args)

    def do_PUT(self) -> None:  # noqa: N802 (http.server calls it)
        """Take a number of calls per second, or an empty body for no limit."""
        given = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._stand_in.limit = CallLimit(int(given) if given else None)
        self.do_GET()

    def do_GET(self) -> None:  # noqa: N802 (http.server calls it)
        """Send the limit, and the numbers of admitted and throttled calls since it was set."""
        limit = self._stand_in.limit
        counts = {"calls": limit.called, "throttled": limit.throttled, "calls_per_second": limit.per_second}
        self.send_json(HTTPStatus.OK, {"service": MODEL_VERSION, **counts})


def handler(stand_in: StandIn) -> loopback.Handler:
    """Return the HTTP handler of this stand-in."""
    return partial(StandInHandler, stand_in)


if __name__ == "__main__":
    s3 = account.client("s3", int(os.environ["EMULATOR_PORT"]))
    loopback.serve_inherited(handler(StandIn(s3, CallLimit(None))))
