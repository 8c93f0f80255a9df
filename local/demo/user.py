"""The demo user of a deployment with sign-in."""

import time
from typing import TYPE_CHECKING

from local.deployment import Deployment
from sightline.client.access.account import DEMO_USER, stored_sign_in
from sightline.client.access.sign_ins import SignIns
from sightline.client.access.user_pool import Tokens, UserPool

if TYPE_CHECKING:
    from types_boto3_cognito_idp.client import CognitoIdentityProviderClient
    from types_boto3_cognito_idp.type_defs import AuthenticationResultTypeTypeDef

NAME = "demo@example.com"
_PASSWORD = "Demo-password-1"  # noqa: S105 (a user of an emulator on this machine)


def demo_token(deployment: Deployment) -> str | None:
    """Return an access token of the demo user; None without sign-in.

    The sign-in is left beside `endpoints.json`, where the command line client finds it.
    """
    kept = SignIns(deployment.directory / DEMO_USER)
    if not deployment.endpoints.user_pool_id:
        kept.path.unlink(missing_ok=True)
        return None
    result = sign_in(deployment, NAME)
    endpoints = deployment.endpoints
    pool = UserPool(endpoints.aws_endpoint, str(endpoints.user_pool_client_id))
    tokens = Tokens(result["AccessToken"], result["RefreshToken"], time.time() + result["ExpiresIn"])
    kept.put(endpoints.api, stored_sign_in(NAME, pool, tokens))
    return tokens.access_token


def token(deployment: Deployment, name: str = NAME) -> str | None:
    """Return an access token of the user of this name, who is created if missing; None without sign-in."""
    return sign_in(deployment, name)["AccessToken"] if deployment.endpoints.user_pool_id else None


def sign_in(deployment: Deployment, name: str) -> "AuthenticationResultTypeTypeDef":
    """Return all tokens of the user of this name, who is created if missing."""
    cognito: CognitoIdentityProviderClient = deployment.client("cognito-idp")
    endpoints = deployment.endpoints
    _create(cognito, str(endpoints.user_pool_id), name)
    response = cognito.initiate_auth(
        ClientId=str(endpoints.user_pool_client_id),
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": _PASSWORD},
    )
    return response["AuthenticationResult"]


def _create(cognito: "CognitoIdentityProviderClient", pool: str, name: str) -> None:
    try:
        cognito.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
    except cognito.exceptions.UsernameExistsException:
        return
    cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password=_PASSWORD, Permanent=True)
