"""The user pool, its app client, and the authorizer of the HTTP API."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito
from aws_cdk.aws_apigatewayv2_authorizers import HttpLambdaAuthorizer, HttpLambdaResponseType
from constructs import Construct

from infrastructure.bundles import room_bundle
from infrastructure.functions import PythonFunction
from settings import Settings


@dataclass(frozen=True, slots=True)
class Auth:
    """The authorizer, None where `auth` is off, the stack's outputs, and the environment that names the pool."""

    authorizer: HttpLambdaAuthorizer | None = None
    outputs: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)


def auth(scope: Construct, settings: Settings) -> Auth:
    """Define the user pool, its client and the authorizer where the setting `auth` is `cognito`."""
    if settings.auth != "cognito":
        return Auth()
    pool = user_pool(scope, sign_up=settings.sign_up, from_email=settings.from_email)
    client = user_pool_client(pool)
    outputs = {"UserPoolId": pool.user_pool_id, "UserPoolClientId": client.user_pool_client_id}
    environment = {
        "TOKEN_ISSUER": f"https://{pool.user_pool_provider_name}",
        "USER_POOL_CLIENT_ID": client.user_pool_client_id,
    }
    return Auth(authorizer(scope, environment, vendor=settings.vendor), outputs, environment)


def user_pool(scope: Construct, *, sign_up: bool, from_email: str) -> cognito.UserPool:
    """Define the user pool; an administrator invites people, unless `sign_up` lets them sign themselves up.

    Its mails come from `from_email` by SES, or, where that is empty, from Cognito's own address, about 50 a day:
    https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
    """
    return cognito.UserPool(
        scope,
        "Users",
        sign_in_aliases=cognito.SignInAliases(email=True),
        self_sign_up_enabled=sign_up,
        auto_verify=cognito.AutoVerifiedAttrs(email=True),
        account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
        email=_sender(from_email) if from_email else None,
        password_policy=cognito.PasswordPolicy(
            min_length=12, require_lowercase=True, require_uppercase=True, require_digits=True, require_symbols=True
        ),
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )


def _sender(address: str) -> cognito.UserPoolEmail:
    """Return SES as the sender, by the identity of the address's domain in the region of the deployment."""
    return cognito.UserPoolEmail.with_ses(
        from_email=address, ses_verified_domain=address.partition("@")[2], ses_region=cdk.Aws.REGION
    )


def user_pool_client(pool: cognito.UserPool) -> cognito.UserPoolClient:
    """Define the app client: sign-in by password or by SRP, without a client secret, which a browser cannot keep."""
    return pool.add_client(
        "Client",
        auth_flows=cognito.AuthFlow(user_password=True, user_srp=True),
        generate_secret=False,
        prevent_user_existence_errors=True,
        disable_o_auth=True,
    )


def authorizer(scope: Construct, environment: Mapping[str, str], *, vendor: bool) -> HttpLambdaAuthorizer:
    """Define the Lambda authorizer: it names the owner of a token and passes every request on to its route.

    The environment names the user pool.

    With a JWT authorizer, or with an identity source as cache key, API Gateway would refuse requests itself, without a
    code and without a reason.
    """
    function = PythonFunction(
        scope,
        "Authorize",
        code=room_bundle(scope, "api/auth", vendor=vendor),
        handler="api.auth.runtime.authorizer.handler",
        environment=environment,
        timeout=10,
    )
    function.answers_requests = True
    return HttpLambdaAuthorizer(
        "SignedIn",
        function,
        response_types=[HttpLambdaResponseType.SIMPLE],
        results_cache_ttl=cdk.Duration.seconds(0),
        identity_source=[],
    )
