"""Amazon Rekognition's wire protocol, JSON 1.1, as an HTTP handler of loopback servers.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

import json
import traceback
import uuid
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple, Protocol

_SERVICE = "RekognitionService."


class RekognitionError(Exception):
    """An error as Rekognition returns it: its code, its message, its HTTP status."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class Service(Protocol):
    """The operations behind the protocol."""

    def respond(self, operation: str, request: dict[str, Any]) -> dict[str, object]:
        """Return the fields of the response to one call, such as DetectLabels; raises RekognitionError."""


class _Response(NamedTuple):
    status: int
    fields: dict[str, object]


class RekognitionHandler(BaseHTTPRequestHandler):
    """Serves the calls of AWS clients. Its first argument is the service that responds to them."""

    protocol_version = "HTTP/1.1"

    def __init__(self, service: Service, *args: Any) -> None:
        self._service = service
        super().__init__(*args)

    def do_POST(self) -> None:
        """Respond to one call."""
        status, fields = self._respond(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        self.send_json(status, fields)

    def send_json(self, status: int, fields: dict[str, object]) -> None:
        """Send one response."""
        body = json.dumps(fields).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _respond(self, body: bytes) -> _Response:
        try:
            return _Response(200, self._service.respond(self._operation(), _parsed(body)))
        except RekognitionError as error:
            return _Response(error.status, {"__type": error.code, "Message": error.message})
        except Exception as error:  # a server returns its faults; the traceback is in its log
            traceback.print_exc()
            return _Response(500, {"__type": "InternalServerError", "Message": f"{type(error).__name__}: {error}"})

    def _operation(self) -> str:
        target = self.headers.get("X-Amz-Target", "")
        if not target.startswith(_SERVICE):
            raise RekognitionError("UnknownOperationException", f"{target!r} is no operation of Rekognition.")
        return target.removeprefix(_SERVICE)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        request = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RekognitionError("SerializationException", "The body is no JSON.") from error
    if not isinstance(request, dict):
        raise RekognitionError("SerializationException", "The body is no JSON object.")
    return request
