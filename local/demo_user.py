"""A user to try the API with when auth is on."""

from typing import Any

from local.deployment import Deployment

NAME = "demo@example.com"
_PASSWORD = "Demo-password-1"  # noqa: S105 (a user of an emulator on this machine)


def token(deployment: Deployment) -> str | None:
    """An access token of the demo user, who is created when new; None when auth is off."""
    pool, client_id = deployment.endpoints.user_pool_id, deployment.endpoints.user_pool_client_id
    if not pool:
        return None
    cognito = deployment.client("cognito-idp")
    _create(cognito, pool)
    signed_in = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": NAME, "PASSWORD": _PASSWORD},
    )
    return str(signed_in["AuthenticationResult"]["AccessToken"])


def _create(cognito: Any, pool: str) -> None:
    try:
        cognito.admin_create_user(UserPoolId=pool, Username=NAME, MessageAction="SUPPRESS")
    except cognito.exceptions.UsernameExistsException:
        return
    cognito.admin_set_user_password(UserPoolId=pool, Username=NAME, Password=_PASSWORD, Permanent=True)
