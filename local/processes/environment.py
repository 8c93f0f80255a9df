"""The environment of the processes: this checkout's programs come first, the user's AWS account is left out."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "USER",
         "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE")  # fmt: skip


def clean(extra: Mapping[str, str]) -> dict[str, str]:
    """Return `extra`, and a few variables of this process with the interpreter's own programs first on the path.

    AWS variables and proxies are left out: every server that is called listens on this machine.
    """
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    programs = str(Path(sys.executable).parent)
    return kept | {"PATH": os.pathsep.join((programs, kept.get("PATH", os.defpath)))} | dict(extra)


def forget_the_account() -> None:
    """Remove the user's AWS profile and proxies from this process, because its clients would use them."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            del os.environ[name]
