"""botocore's signer of S3 requests, without the rest of botocore.

`botocore.auth` imports urllib3, dateutil, email and an XML parser, for what a signed GET never calls. That takes a
third of a start. So a copy of the module is executed with stand-ins for the four modules that it takes names from. A
later `import botocore.auth` finds everything whole.
"""

import sys
from base64 import encodebytes
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any, NamedTuple, Protocol, cast
from urllib.parse import parse_qs, quote, unquote, urlsplit, urlunsplit


class Credentials(Protocol):
    """A pair of keys, and the token of temporary ones."""

    @property
    def access_key(self) -> str:
        """The id of the key."""

    @property
    def secret_key(self) -> str:
        """The key that signs."""

    @property
    def token(self) -> str | None:
        """The session's token; None for keys of a user."""


class Keys(NamedTuple):
    """The credentials of the environment, which Lambda sets for the life of the function's process."""

    access_key: str
    secret_key: str
    token: str | None


class Headers(dict[str, str]):
    """The headers of a request, each name once and in one spelling."""

    def get_all(self, name: str) -> list[str]:
        """Return the values of a header, as email.message.Message does."""
        return [self[name]]


class GetRequest:
    """A GET request in the form that the signer takes; it adds its headers."""

    method, body = "GET", None
    params: tuple[()] = ()

    def __init__(self, url: str, host: str) -> None:
        self.url, self.headers = url, Headers(Host=host)
        self.context: dict[str, object] = {}


class Signer:
    """Signs requests to S3 in a region. Make it before other threads import botocore."""

    def __init__(self, region: str, credentials: Callable[[], Credentials]) -> None:
        self._auth, self._region, self._credentials = _auth(), region, credentials

    def headers(self, request: GetRequest) -> dict[str, str]:
        """Return the headers of the request, with its signature by version 4."""
        self._auth.S3SigV4Auth(self._credentials(), "s3", self._region).add_auth(request)
        return request.headers


def environment_or_session(environment: Mapping[str, str]) -> Callable[[], Credentials]:
    """Return a function that returns valid credentials; those of a session are renewed before they expire."""
    access_key = environment.get("AWS_ACCESS_KEY_ID")
    if access_key:
        keys = Keys(access_key, environment["AWS_SECRET_ACCESS_KEY"], environment.get("AWS_SESSION_TOKEN"))
        return lambda: keys
    from botocore.exceptions import NoCredentialsError
    from botocore.session import Session

    found = Session().get_credentials()
    if found is None:
        raise NoCredentialsError
    return lambda: cast(Credentials, found.get_frozen_credentials())


def _auth() -> Any:
    """Return a copy of the module, which `sys.modules` does not list."""
    spec = find_spec("botocore.auth")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    with _stand_ins():
        spec.loader.exec_module(module)
    return module


@contextmanager
def _stand_ins() -> Iterator[None]:
    unused = ("is_valid_ipv6_endpoint_url", "normalize_url_path", "percent_encode_sequence")
    raised = (
        "NoAuthTokenError",
        "NoCredentialsError",
        "UnknownSignatureVersionError",
        "UnsupportedSignatureVersionError",
    )
    standard = {
        "HAS_CRT": False,
        "HTTPHeaders": Headers,
        "MD5_AVAILABLE": False,
        "encodebytes": encodebytes,
        "ensure_unicode": str,
        "get_current_datetime": lambda: datetime.now(UTC).replace(tzinfo=None),
        "parse_qs": parse_qs,
        "quote": quote,
        "unquote": unquote,
        "urlsplit": urlsplit,
        "urlunsplit": urlunsplit,
    }
    modules: dict[str, Mapping[str, object]] = {
        "botocore.compat": standard,
        "botocore.exceptions": dict.fromkeys(raised, Exception),
        "botocore.utils": dict.fromkeys(unused),
        "email.utils": {"formatdate": None},
    }
    before = {name: sys.modules.get(name) for name in modules}
    for name, names in modules.items():
        module = ModuleType(name)
        vars(module).update(names)
        sys.modules[name] = module
    try:
        yield
    finally:
        for name, whole in before.items():
            del sys.modules[name]
            if whole:
                sys.modules[name] = whole
