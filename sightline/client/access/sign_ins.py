"""The file of sign-ins: the tokens of each deployment, readable by its user alone."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, TypedDict, cast

from sightline.client.problem import Problem


class SignIn(TypedDict):
    """One sign-in: the user, the app client with the URL of Cognito, and the tokens as in `user_pool.Tokens`."""

    user: str
    cognito: str
    client_id: str
    access_token: str
    refresh_token: str
    expires_at: float


def config_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the path of the user's file: below XDG_CONFIG_HOME or ~/.config, on Windows below APPDATA."""
    base = environment.get("XDG_CONFIG_HOME") or (environment.get("APPDATA") if os.name == "nt" else None)
    return Path(base or Path.home() / ".config") / "sightline/sign-ins.json"


class SignIns(NamedTuple):
    """The sign-ins in a file, by the base URL of their API. The file has the mode 0600, its folder 0700."""

    path: Path

    def get(self, api: str) -> SignIn | None:
        """Return the sign-in at this API, or None; raises Problem."""
        return self._read().get(api)

    def put(self, api: str, sign_in: SignIn) -> None:
        """Store a sign-in in place of an earlier one; raises Problem."""
        self._write(self._read() | {api: sign_in})

    def remove(self, api: str) -> None:
        """Remove the sign-in at this API, if there is one; raises Problem."""
        self._write({url: sign_in for url, sign_in in self._read().items() if url != api})

    def _read(self) -> dict[str, SignIn]:
        try:
            return cast(dict[str, SignIn], dict(json.loads(self.path.read_text(encoding="utf-8"))))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError) as error:
            raise Problem("unreadable_file", f"{self.path} cannot be read; delete it and sign in again.") from error

    def _write(self, sign_ins: Mapping[str, SignIn]) -> None:
        """Replace the file as a whole: another process reads either all of the old content or all of the new."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # A file of tempfile has the mode 0600 from its first moment.
            with tempfile.NamedTemporaryFile("w", dir=self.path.parent, encoding="utf-8", delete=False) as file:
                json.dump(sign_ins, file, indent=2)
            os.replace(file.name, self.path)
        except OSError as error:
            raise Problem("unwritable_file", f"{self.path}: {error.strerror or error}") from error
