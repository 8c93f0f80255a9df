"""A subscriber that answers every webhook with the status its path names."""

from http.server import BaseHTTPRequestHandler


class Receiver(BaseHTTPRequestHandler):
    """POST /410 is answered 410."""

    def do_POST(self) -> None:
        """Take one webhook."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response_only(int(self.path.strip("/")))
        self.send_header("Content-Length", "0")
        self.end_headers()
