"""Sign-in with the deployment's Cognito user pool, by its JSON API."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import requests

from sightline.client.problem import NotSignedIn, Problem, Response, Unavailable
from sightline.client.transport.failures import failure
from sightline.client.transport.retries import send_with_retries
from sightline.client.transport.session import open_session

_TIMEOUT = (10, 30)
_SERVICE = "AWSCognitoIdentityProviderService"
_REFUSALS = {
    "NotAuthorizedException": ("wrong_password", "The user name or the password is wrong, or the sign-in has ended."),
    "UserNotFoundException": ("wrong_password", "The user name or the password is wrong."),
    "UserNotConfirmedException": ("user_not_confirmed", "The user has not confirmed the e-mail address yet."),
    "PasswordResetRequiredException": ("password_reset_required", "The password has to be reset first."),
}
"""The codes for Cognito's exceptions; others keep their name and message."""


class Tokens(NamedTuple):
    """The tokens of a sign-in; `expires_at` is the end of the access token in seconds since 1970.

    `refresh_token` is empty after a refresh, which returns no new one.
    """

    access_token: str
    refresh_token: str
    expires_at: float


class NewPasswordRequired(NotSignedIn):
    """An invited user signs in for the first time and has to choose a password; `session` continues the sign-in."""

    def __init__(self, session: str) -> None:
        detail = "This is the first sign-in: choose a new password."
        super().__init__("new_password_required", detail)
        self.session = session


@dataclass(frozen=True, slots=True)
class UserPool:
    """The app client of a user pool, at the URL of Cognito."""

    url: str
    client_id: str

    def sign_in(self, user: str, password: str) -> Tokens:
        """Return the tokens of a user; raises NewPasswordRequired or Problem."""
        parameters = {"USERNAME": user, "PASSWORD": password}
        return self._tokens(
            self._call("InitiateAuth", {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters})
        )

    def choose_password(self, user: str, password: str, session: str) -> Tokens:
        """Set the first password of a user's own and return the tokens; raises Problem."""
        responses = {"USERNAME": user, "NEW_PASSWORD": password}
        content = {"ChallengeName": "NEW_PASSWORD_REQUIRED", "ChallengeResponses": responses, "Session": session}
        return self._tokens(self._call("RespondToAuthChallenge", content))

    def refresh(self, refresh_token: str) -> Tokens:
        """Return a new access token; raises Problem, `wrong_password` where the refresh token is no longer valid."""
        parameters = {"REFRESH_TOKEN": refresh_token}
        return self._tokens(
            self._call("InitiateAuth", {"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters})
        )

    def revoke(self, refresh_token: str) -> None:
        """End the refresh token and the access tokens that it made; raises Problem."""
        self._call("RevokeToken", {"Token": refresh_token})

    def _call(self, action: str, content: Mapping[str, object]) -> Any:
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"{_SERVICE}.{action}"}
        body = {"ClientId": self.client_id} | dict(content)
        with open_session(self.url) as session:

            def send() -> requests.Response:
                try:
                    response = session.post(self.url, json=body, headers=headers, timeout=_TIMEOUT)
                except requests.RequestException as error:
                    raise failure(error, self.url) from error
                if not response.ok:
                    raise _refusal(response)
                return response

            response = send_with_retries(send, self.url, threading.Event())
        return response.json() if response.content else {}

    def _tokens(self, response: Mapping[str, Any]) -> Tokens:
        challenge = response.get("ChallengeName")
        if challenge == "NEW_PASSWORD_REQUIRED":
            raise NewPasswordRequired(response["Session"])
        if challenge:
            raise NotSignedIn("unsupported_challenge", f"The user pool asks for {challenge}, which is not supported.")
        result = response["AuthenticationResult"]
        expires_at = time.time() + result["ExpiresIn"]
        return Tokens(result["AccessToken"], result.get("RefreshToken", ""), expires_at)


def _refusal(response: requests.Response) -> Problem:
    """Read Cognito's refusal: the name of an exception, and its message."""
    try:
        body = response.json()
    except ValueError:
        body = {}
    name = str(body.get("__type", "")).rpartition("#")[2] or f"http_{response.status_code}"
    code, detail = _REFUSALS.get(name, (name, str(body.get("message") or response.reason)))
    if response.status_code >= 500 or name == "TooManyRequestsException":
        return Unavailable(code, detail, retryable=True, response=Response(response.status_code))
    return NotSignedIn(code, detail, response=Response(response.status_code))
