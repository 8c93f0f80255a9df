"""A subscriber that responds to every webhook with the status in its path."""

from http.server import BaseHTTPRequestHandler


class ReceiverHandler(BaseHTTPRequestHandler):
    """Responds to POST /410 with 410."""

    def do_POST(self) -> None:
        """Read one webhook and respond."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response_only(int(self.path.strip("/")))
        self.send_header("Content-Length", "0")
        self.end_headers()
