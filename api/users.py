"""Who may sign in."""

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito
from aws_cdk.aws_apigatewayv2_authorizers import HttpUserPoolAuthorizer
from constructs import Construct


def user_pool(scope: Construct) -> cognito.UserPool:
    """People an administrator invites: recognition costs money, so strangers do not sign themselves up."""
    return cognito.UserPool(
        scope,
        "Users",
        sign_in_aliases=cognito.SignInAliases(email=True),
        self_sign_up_enabled=False,
        account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
        password_policy=cognito.PasswordPolicy(
            min_length=12, require_lowercase=True, require_uppercase=True, require_digits=True, require_symbols=True
        ),
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )


def user_pool_client(pool: cognito.UserPool) -> cognito.UserPoolClient:
    """Signs people in with their password or by SRP; it has no secret, for browsers keep none."""
    return pool.add_client(
        "Client",
        auth_flows=cognito.AuthFlow(user_password=True, user_srp=True),
        generate_secret=False,
        prevent_user_existence_errors=True,
        disable_o_auth=True,
    )


def authorizer(pool: cognito.UserPool | None, client: cognito.UserPoolClient | None) -> HttpUserPoolAuthorizer | None:
    """Lets in who holds a token of the pool; None where there is no pool."""
    return HttpUserPoolAuthorizer("SignedIn", pool, user_pool_clients=[client]) if pool and client else None
