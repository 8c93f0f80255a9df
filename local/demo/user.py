"""A user to try the API with when auth is on."""

from typing import Any

from local.deployment import Deployment

NAME = "demo@example.com"
_PASSWORD = "Demo-password-1"  # noqa: S105 (a user of an emulator on this machine)


def token(deployment: Deployment, name: str = NAME) -> str | None:
    """An access token of a user of that name, who is created when new; None when auth is off."""
    return str(sign_in(deployment, name)["AccessToken"]) if deployment.endpoints.user_pool_id else None


def sign_in(deployment: Deployment, name: str) -> dict[str, Any]:
    """All tokens of a user of that name, who is created when new."""
    cognito = deployment.client("cognito-idp")
    _create(cognito, deployment.endpoints.user_pool_id, name)
    signed_in = cognito.initiate_auth(
        ClientId=deployment.endpoints.user_pool_client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": _PASSWORD},
    )
    return dict(signed_in["AuthenticationResult"])


def _create(cognito: Any, pool: str | None, name: str) -> None:
    try:
        cognito.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
    except cognito.exceptions.UsernameExistsException:
        return
    cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password=_PASSWORD, Permanent=True)
