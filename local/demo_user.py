"""A user to try the API with when auth is on."""

from typing import Any

from local.deployment import Deployment

NAME = "demo@example.com"
_PASSWORD = "Demo-password-1"  # noqa: S105 (a user of an emulator on this machine)


def token(deployment: Deployment, name: str = NAME) -> str | None:
    """An access token of a user of that name, who is created when new; None when auth is off."""
    pool, client_id = deployment.endpoints.user_pool_id, deployment.endpoints.user_pool_client_id
    if not pool:
        return None
    cognito = deployment.client("cognito-idp")
    _create(cognito, pool, name)
    signed_in = cognito.initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": _PASSWORD},
    )
    return str(signed_in["AuthenticationResult"]["AccessToken"])


def _create(cognito: Any, pool: str, name: str) -> None:
    try:
        cognito.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
    except cognito.exceptions.UsernameExistsException:
        return
    cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password=_PASSWORD, Permanent=True)
