"""The target of a redirect: its Location is read as strictly as a caller's URL, and checked again on connecting."""

import re
from urllib.parse import urljoin

from wire.outbound.target import Target, TargetError, check_url

_SCHEME = re.compile("[a-z][a-z0-9+.-]*:", re.I | re.A)


def redirected(target: Target, location: str) -> Target:
    """Return the Target of a Location header; raises TargetError `invalid_url` or `url_blocked`."""
    decoded = location.encode("latin-1").decode("utf-8", "replace").replace(" ", "%20")
    destination = check_url(_absolute(target, decoded))
    if target.scheme == "https" and destination.scheme == "http":
        raise TargetError("url_blocked", "The server redirects from https to http.")
    return destination


def _absolute(target: Target, location: str) -> str:
    """Return a location as a whole URL.

    Only a path goes through `urljoin`: it drops tabs from a whole URL, and reads some hosts as paths.
    """
    if _SCHEME.match(location) or not location.isprintable():
        return location
    return f"{target.scheme}:{location}" if location.startswith("//") else urljoin(target.url, location)
