"""Who may sign in, and the function that knows their tokens."""

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito
from aws_cdk.aws_apigatewayv2_authorizers import HttpLambdaAuthorizer, HttpLambdaResponseType
from constructs import Construct

from python_function import PythonFunction, bundle


def user_pool(scope: Construct, *, sign_up: bool) -> cognito.UserPool:
    """People an administrator invites, unless `sign_up` lets everybody in who has an e-mail address."""
    return cognito.UserPool(
        scope,
        "Users",
        sign_in_aliases=cognito.SignInAliases(email=True),
        self_sign_up_enabled=sign_up,
        auto_verify=cognito.AutoVerifiedAttrs(email=True),
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


def authorizer(
    scope: Construct, pool: cognito.UserPool, client: cognito.UserPoolClient, *, vendor: bool
) -> HttpLambdaAuthorizer:
    """Says whose token a request bears, and lets every request through to a route that will not take another.

    A JWT authorizer, or an identity source to cache by, would have API Gateway answer in its own words.
    """
    authorize = PythonFunction(
        scope,
        "Authorize",
        code=bundle(scope, "api/authorizer", ("api/authorizer",), vendor=vendor),
        handler="api.authorizer.authorize.handler",
        environment={
            "TOKEN_ISSUER": f"https://{pool.user_pool_provider_name}",
            "USER_POOL_CLIENT_ID": client.user_pool_client_id,
        },
        timeout=10,
    )
    return HttpLambdaAuthorizer(
        "SignedIn",
        authorize,
        response_types=[HttpLambdaResponseType.SIMPLE],
        results_cache_ttl=cdk.Duration.seconds(0),
        identity_source=[],
    )
