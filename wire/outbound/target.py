"""A Target: a parsed URL of a caller. The same result serves the checks and the connection."""

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import quote

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_LONGEST = 2048
_PLAIN = re.I | re.A  # without re.A, ſ (long s) matches s
_URL = re.compile(r"(?P<scheme>https?)://(?P<authority>[^/?#]*)(?P<path>/?[^?#]*)(?P<query>\?[^#]*)?(#.*)?", _PLAIN)
_AUTHORITY = re.compile(r"(\[(?P<v6>[0-9a-f:]+)\]|(?P<host>[^\[\]:@]+))(:(?P<port>[0-9]{1,5}))?", _PLAIN)
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"([0-9]+|0x[0-9a-f]*)")
_READ_TWO_WAYS = re.compile("[\u00df\u1e9e\u03c2]")
"""ß and final sigma are letters of their own in IDNA 2008, but other letters in IDNA 2003, which Python implements."""

PORTS = {"http": 80, "https": 443}
"""The accepted schemes, and the default port of each."""


class TargetError(Exception):
    """A target cannot be reached: a stable `code`, and a `detail` that reveals nothing about this network.

    Codes: `invalid_url`, `url_blocked`, `dns_failure`, `connect_failed`, `timeout`.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


class Target(NamedTuple):
    """The target of a URL. `path` is path and query as in a request line; `address` is set if the host is one."""

    scheme: str
    host: str
    port: int
    path: str
    address: Address | None = None

    @property
    def authority(self) -> str:
        """The value of the header Host: host and port, without the default port of the scheme."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL in its normal form, without a fragment."""
        return f"{self.scheme}://{self.authority}{self.path}"


def check_url(url: str) -> Target:
    """Parse an absolute http(s) URL; raises TargetError `invalid_url`. Checks only the form, without a resolver.

    The form is stricter than that of any client, so that no other reader can find another host in the same URL.
    """
    if len(url) > _LONGEST:
        raise _invalid(f"It is longer than {_LONGEST} characters.")
    match = _URL.fullmatch(url) if _printable(url) else None
    if not match:
        raise _invalid("It must be http:// or https://, without spaces, backslashes or control characters.")
    authority = _AUTHORITY.fullmatch(match["authority"])
    if not authority:
        raise _invalid("It must name a host, may name a port, and may not hold a user name or password.")
    scheme = match["scheme"].lower()
    address = _v6(authority["v6"]) if authority["v6"] else _v4(authority["host"])
    host = str(address) if address else _name(authority["host"])
    path = (match["path"] or "/") + (match["query"] or "")
    return Target(scheme, host, _port(scheme, authority["port"]), quote(path, safe="/?%:@!$&'()*+,;=~[]|^`{}"), address)


def _port(scheme: str, given: str | None) -> int:
    port = int(given) if given else PORTS[scheme]
    if 0 < port < 65536:
        return port
    raise _invalid("Its port is not a number from 1 to 65535.")


def _printable(url: str) -> bool:
    return url.isprintable() and not re.search(r"[\s\\]", url)


def _v6(text: str) -> Address:
    try:
        return ipaddress.IPv6Address(text)
    except ValueError:
        raise _invalid("Its host is not an address.") from None


def _v4(host: str) -> Address | None:
    """Return the address of a host that ends in a number (https://url.spec.whatwg.org/#ends-in-a-number-checker).

    Only the dotted quad is accepted, although resolvers also read 127.1, 0x7f.1 and 2130706433.
    """
    if not _NUMBER.fullmatch(_ascii(host).rstrip(".").rsplit(".", 1)[-1]):
        return None
    try:
        return ipaddress.IPv4Address(host)
    except ValueError:
        raise _invalid("Its host is a number but not a plain address such as 192.0.2.1.") from None


def _name(host: str) -> str:
    name = _ascii(host).removesuffix(".")
    if not _HOST.fullmatch(name):
        raise _invalid("Its host is not a name.")
    return name


def _ascii(host: str) -> str:
    if host.isascii():
        return host.lower()
    if _READ_TWO_WAYS.search(host):
        raise _invalid("Its host can be read in two ways; write it as xn--….")
    try:
        return host.encode("idna").decode().lower()
    except UnicodeError:
        raise _invalid("Its host is not a name.") from None


def _invalid(why: str) -> TargetError:
    return TargetError("invalid_url", f"The URL cannot be used. {why}")
