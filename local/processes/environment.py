"""The environment our processes run in: this checkout's programs first, nothing of the user's AWS account."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "USER",
         "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE")  # fmt: skip


def clean(more: Mapping[str, str]) -> dict[str, str]:
    """A few of this process' variables, the interpreter's own programs first on the path, and `more`.

    No AWS variables, and no proxies: everything we call listens on this machine.
    """
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    programs = str(Path(sys.executable).parent)
    return kept | {"PATH": os.pathsep.join((programs, kept.get("PATH", os.defpath)))} | dict(more)


def forget_the_account() -> None:
    """Take the user's AWS profile and proxies from this very process, which would lead its clients astray."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            del os.environ[name]
