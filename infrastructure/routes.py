"""Routes of the HTTP API: every stack adds those of its functions."""

from dataclasses import dataclass

from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from infrastructure.functions import PythonFunction
from openapi.reader.source import route_table
from wire.http.sign_in import OPEN_ROUTES


@dataclass(frozen=True, slots=True)
class Routes:
    """The HTTP API, the setting `auth`, the authorizer where `auth` is on, and the API's base URL."""

    http_api: apigateway.HttpApi
    auth: str
    authorizer: apigateway.IHttpRouteAuthorizer | None
    public_url: str

    def add(self, scope: Construct, function: PythonFunction) -> None:
        """Add a route for every key in the `ROUTES` of the function's handler, such as "GET /images/{image_id}".

        A GET has a HEAD beside it. The authorizer names the owner of a token and refuses no request; the function
        refuses a request without a valid token, as `wire.http.api` does.
        """
        function.answers_requests = True
        function.add_environment("AUTH", self.auth)
        integration = HttpLambdaIntegration(f"{function.node.id}Integration", function)
        for key in route_table(function.module):
            for method_key in _with_head(key):
                apigateway.HttpRoute(
                    scope,
                    method_key,
                    http_api=self.http_api,
                    route_key=_route_key(method_key),
                    integration=integration,
                    authorizer=None if key in OPEN_ROUTES else self.authorizer,
                )


def _with_head(key: str) -> tuple[str, ...]:
    """Return the key, and after a GET the key of its HEAD; `wire.http.api` responds to both."""
    method, _, path = key.partition(" ")
    return (key, f"HEAD {path}") if method == "GET" else (key,)


def _route_key(key: str) -> apigateway.HttpRouteKey:
    method, _, path = key.partition(" ")
    return (
        apigateway.HttpRouteKey.with_(path, apigateway.HttpMethod[method]) if path else apigateway.HttpRouteKey.DEFAULT
    )
