"""Where a redirect leads: its Location is read as narrowly as a caller's URL, and judged anew when it is asked."""

from urllib.parse import urljoin

from wire.target import Target, TargetError, check_url


def redirected(target: Target, location: str) -> Target:
    """The Target that a Location header names; raises TargetError `invalid_url` or `url_blocked`.

    urljoin takes tabs and line ends out, and knows no host behind three slashes where browsers do: both are refused.
    """
    written = location.encode("latin-1").decode("utf-8", "replace").replace(" ", "%20")
    if not written.isprintable() or "\\" in written or written.startswith("///"):
        raise _unreadable()
    try:
        following = check_url(urljoin(target.url, written))
    except ValueError:
        raise _unreadable() from None
    if target.scheme == "https" and following.scheme == "http":
        raise TargetError("url_blocked", "The server redirects from https to http.")
    return following


def _unreadable() -> TargetError:
    return TargetError("invalid_url", "The server redirects to a URL that cannot be used.")
