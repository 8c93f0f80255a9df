"""The account at a deployment: its stored sign-in, and the access token, which is refreshed before it ends."""

import threading
import time
from collections.abc import Callable
from typing import Any

from sightline.client.access.endpoint import Endpoint, check_token_transport
from sightline.client.access.sign_ins import SignIn, SignIns, config_file
from sightline.client.access.user_pool import NewPasswordRequired, Tokens, UserPool
from sightline.client.problem import NotSignedIn, Problem

DEMO_USER = "demo-user.json"
"""The file in which `make run AUTH=cognito` leaves the sign-in of its demo user."""

_MARGIN_SECONDS = 60
"""A token that ends sooner is refreshed first: a request may take that long."""

Describe = Callable[[], Any]
"""Returns the OpenAPI description of the deployment; raises Problem."""


class Account:
    """The token for one endpoint: the one that was passed, else that of the stored sign-in, else None.

    Safe for several threads: one of them refreshes the token, and the others wait.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint, self._lock = endpoint, threading.Lock()
        self._stored: SignIns | None = None
        self._sign_in: SignIn | None = None
        self._is_read = False

    def token(self) -> str | None:
        """Return the access token to send, or None; raises Problem."""
        if self._endpoint.token:
            return self._endpoint.token
        with self._lock:
            self._read()
            if self._sign_in and self._sign_in["expires_at"] - time.time() < _MARGIN_SECONDS:
                self._refresh(self._sign_in)
            return self._sign_in["access_token"] if self._sign_in else None

    @property
    def user(self) -> str | None:
        """The name of the user who is signed in; None without a stored sign-in."""
        with self._lock:
            self._read()
            return self._sign_in["user"] if self._sign_in else None

    def sign_in(self, user: str, password: str, new_password: str | None, describe: Describe) -> None:
        """Sign in and store the tokens; raises NewPasswordRequired or Problem."""
        check_token_transport(self._endpoint.url)
        pool = self._user_pool(describe)
        try:
            tokens = pool.sign_in(user, password)
        except NewPasswordRequired as required:
            if new_password is None:
                raise
            tokens = pool.choose_password(user, new_password, required.session)
        with self._lock:
            self._stored, self._is_read = SignIns(config_file()), True
            self._keep(stored_sign_in(user, pool, tokens))

    def sign_out(self) -> str | None:
        """Revoke the tokens and forget the stored sign-in; returns its user, or None; raises Problem."""
        with self._lock:
            self._read()
            sign_in, stored = self._sign_in, self._stored
            self._sign_in = None
            if not (sign_in and stored):
                return None
            stored.remove(self._endpoint.url)
            UserPool(sign_in["cognito"], sign_in["client_id"]).revoke(sign_in["refresh_token"])
        return sign_in["user"]

    def _read(self) -> None:
        """Read the stored sign-in once: the user's own, else that of the demo user of a local deployment."""
        if self._is_read:
            return
        running = self._endpoint.running
        files = [config_file(), *([running.folder / DEMO_USER] if running else [])]
        for stored in map(SignIns, files):
            sign_in = stored.get(self._endpoint.url)
            if sign_in and not self._is_of_another_pool(sign_in):
                self._stored, self._sign_in = stored, sign_in
                break
        self._is_read = True

    def _is_of_another_pool(self, sign_in: SignIn) -> bool:
        """Return True for a sign-in at an earlier deployment on this machine: they all have the same URL."""
        running = self._endpoint.running
        return running is not None and running.addresses.get("user_pool_client_id") != sign_in["client_id"]

    def _refresh(self, sign_in: SignIn) -> None:
        pool = UserPool(sign_in["cognito"], sign_in["client_id"])
        try:
            tokens = pool.refresh(sign_in["refresh_token"])
        except Problem as problem:
            if problem.code == "wrong_password":
                raise NotSignedIn("signed_out", f"The sign-in of {sign_in['user']} has ended.") from problem
            raise
        kept = tokens._replace(refresh_token=tokens.refresh_token or sign_in["refresh_token"])
        self._keep(stored_sign_in(sign_in["user"], pool, kept))

    def _keep(self, sign_in: SignIn) -> None:
        assert self._stored
        self._sign_in = sign_in
        self._stored.put(self._endpoint.url, sign_in)

    def _user_pool(self, describe: Describe) -> UserPool:
        """Return the deployment's user pool; raises Problem where it has no sign-in."""
        running = self._endpoint.running
        addresses = running.addresses if running else _published(describe())
        cognito, client_id = addresses.get("aws_endpoint"), addresses.get("user_pool_client_id")
        if not (cognito and client_id):
            raise Problem("no_sign_in", "This deployment has no sign-in.")
        return UserPool(cognito, client_id)


def stored_sign_in(user: str, pool: UserPool, tokens: Tokens) -> SignIn:
    """Return a sign-in in the form in which it is stored."""
    return {
        "user": user,
        "cognito": pool.url,
        "client_id": pool.client_id,
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "expires_at": tokens.expires_at,
    }


def _published(description: Any) -> dict[str, str]:
    """Return the addresses of the user pool as a deployment publishes them in its OpenAPI description."""
    schemes = description.get("components", {}).get("securitySchemes", {})
    published = schemes.get("userPool", {}).get("x-sign-in", {})
    return {"aws_endpoint": published.get("cognito", ""), "user_pool_client_id": published.get("client_id", "")}
