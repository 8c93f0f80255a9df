"""Where a redirect leads: its Location is read as narrowly as a caller's URL, and judged anew when it is asked."""

import re
from urllib.parse import urljoin

from wire.outbound.target import Target, TargetError, check_url

_SCHEME = re.compile("[a-z][a-z0-9+.-]*:", re.I | re.A)


def redirected(target: Target, location: str) -> Target:
    """The Target that a Location header names; raises TargetError `invalid_url` or `url_blocked`."""
    written = location.encode("latin-1").decode("utf-8", "replace").replace(" ", "%20")
    following = check_url(_absolute(target, written))
    if target.scheme == "https" and following.scheme == "http":
        raise TargetError("url_blocked", "The server redirects from https to http.")
    return following


def _absolute(target: Target, written: str) -> str:
    """urljoin sees paths only: in a whole URL it drops tabs, and takes for a path what browsers take for a host."""
    if _SCHEME.match(written) or not written.isprintable():
        return written
    return f"{target.scheme}:{written}" if written.startswith("//") else urljoin(target.url, written)
