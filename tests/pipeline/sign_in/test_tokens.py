"""Tokens with auth on, over every route."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests

from local.demo import user
from local.deployment import Deployment
from tests.pipeline.account import route_keys
from tests.pipeline.chain import Chain, wait_for
from wire.http.sign_in import OPEN_ROUTES


def requested(chain: Chain, route: str, authorization: str | None = None) -> requests.Response:
    """Send a request to a route with this Authorization header and return the response."""
    method, _, path = route.partition(" ")
    return replace(chain, token=None).request(
        method, path, headers={"Authorization": authorization} if authorization else {}, allow_redirects=False
    )


def code(response: requests.Response) -> str:
    """Return the code of a problem, whose status and challenge must be those of a refused token."""
    assert (response.status_code, response.headers["Content-Type"]) == (401, "application/problem+json"), response.text
    assert response.headers["WWW-Authenticate"].startswith('Bearer realm="sightline"')
    return str(response.json()["code"])


@pytest.mark.parametrize("authorization", [None, "Bearer not.a.token"])
def test_every_route_but_the_open_ones_needs_a_token(
    ann: Chain, guarded: Deployment, authorization: str | None
) -> None:
    routes = route_keys(guarded)
    assert len(routes) > 10
    responses = {route: requested(ann, route, authorization) for route in routes - set(OPEN_ROUTES)}
    assert {code(response) for response in responses.values()} == {
        "token_malformed" if authorization else "token_missing"
    }


def test_health_needs_no_token(ann: Chain) -> None:
    assert requested(ann, "GET /health").status_code == 200
    assert requested(ann, "GET /nowhere").json()["code"] == "no_such_route"


def sign_in(deployment: Deployment, pool: str, client: str, kind: str = "AccessToken") -> str:
    """Return a token of Ann's from any pool and client; create her if she is new."""
    at = replace(deployment.endpoints, user_pool_id=pool, user_pool_client_id=client)
    return str(dict(user.sign_in(replace(deployment, endpoints=at), "ann@example.com"))[kind])


@pytest.fixture(scope="module")
def cognito(guarded: Deployment) -> Any:
    return guarded.client("cognito-idp")


def new_client(cognito: Any, pool: str, **settings: Any) -> str:
    client = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="another",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        **settings,
    )
    return str(client["UserPoolClient"]["ClientId"])


@pytest.fixture(scope="module")
def pool(guarded: Deployment) -> str:
    return guarded.endpoints.user_pool_id or ""


@pytest.mark.parametrize("kind", ["AccessToken", "IdToken"])
def test_access_and_id_tokens_are_accepted(ann: Chain, guarded: Deployment, pool: str, kind: str) -> None:
    token = sign_in(guarded, pool, guarded.endpoints.user_pool_client_id or "", kind)
    assert requested(ann, "GET /images", f"Bearer {token}").status_code == 200


@pytest.mark.parametrize("kind", ["AccessToken", "IdToken"])
def test_a_token_of_another_pool_is_refused(ann: Chain, guarded: Deployment, cognito: Any, kind: str) -> None:
    other = cognito.create_user_pool(PoolName="other", UsernameAttributes=["email"])["UserPool"]["Id"]
    token = sign_in(guarded, other, new_client(cognito, other), kind)
    assert code(requested(ann, "GET /images", f"Bearer {token}")) == "token_wrong_pool"


@pytest.mark.parametrize("kind", ["AccessToken", "IdToken"])
def test_a_token_for_another_client_is_refused(
    ann: Chain, guarded: Deployment, cognito: Any, pool: str, kind: str
) -> None:
    token = sign_in(guarded, pool, new_client(cognito, pool), kind)
    assert code(requested(ann, "GET /images", f"Bearer {token}")) == "token_wrong_client"


def test_a_refresh_token_is_refused(ann: Chain, guarded: Deployment, pool: str) -> None:
    token = sign_in(guarded, pool, guarded.endpoints.user_pool_client_id or "", "RefreshToken")
    assert code(requested(ann, "GET /images", f"Bearer {token}")) == "token_malformed"


def test_a_token_with_a_forged_signature_is_refused(ann: Chain) -> None:
    head, claims, signature = str(ann.token).split(".")
    forged = f"{head}.{claims}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    assert code(requested(ann, "GET /images", f"Bearer {forged}")) == "token_not_verified"


@pytest.fixture
def short_lived(guarded: Deployment, cognito: Any, pool: str) -> Iterator[str]:
    """A token of the deployment's client that is valid for a second; AWS allows no less than minutes."""
    client = guarded.endpoints.user_pool_client_id or ""

    def set_validity(unit: str) -> None:
        settings = {"AccessTokenValidity": 1, "TokenValidityUnits": {"AccessToken": unit}}
        cognito.update_user_pool_client(UserPoolId=pool, ClientId=client, **settings)

    set_validity("seconds")
    yield sign_in(guarded, pool, client)
    set_validity("hours")


def test_a_token_is_valid_until_it_expires(ann: Chain, short_lived: str) -> None:
    def look() -> str | None:
        response = requested(ann, "GET /images", f"Bearer {short_lived}")
        return None if response.status_code == 200 else code(response)

    assert wait_for(look) == "token_expired"


def test_a_user_s_upload_is_in_their_list(ann: Chain) -> None:
    image = ann.settled(image_id := ann.by_url("cat.png"))
    assert image["recognition"]["detections"][0]["label"] == "cat"
    assert image_id in [image["image_id"] for image in ann.listed()]
