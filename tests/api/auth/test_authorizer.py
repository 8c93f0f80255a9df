import base64
import importlib
import io
import json
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import jwt
import pytest

from api.auth.runtime import tokens
from tests.api.auth.user_pool import CLIENT, ISSUER, POOL, UserPool, new_key, user_pool
from tests.builders import Context
from tests.clock import Clock


@pytest.fixture(scope="module")
def pool() -> Iterator[UserPool]:
    with user_pool() as running:
        yield running


@pytest.fixture
def authorize(pool: UserPool, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The handler's module, reloaded, so that it has read no keys."""
    pool.reads.clear()
    pool.down = False
    monkeypatch.setattr(tokens, "_TIMEOUT_SECONDS", 60)  # however slow the machine
    monkeypatch.setenv("TOKEN_ISSUER", ISSUER)
    monkeypatch.setenv("USER_POOL_CLIENT_ID", CLIENT)
    monkeypatch.setenv("AWS_ENDPOINT_URL", pool.url)
    import api.auth.runtime.authorizer

    return importlib.reload(api.auth.runtime.authorizer)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which the age of the keys is measured."""
    clock = Clock()
    monkeypatch.setattr("jwt.jwks_client.time", clock)
    return clock


def authorized(authorize: ModuleType, authorization: str | None) -> dict[str, str]:
    headers = {} if authorization is None else {"authorization": authorization}
    event = {"headers": headers, "routeKey": "GET /images", "requestContext": {"requestId": "request-1"}}
    response: dict[str, Any] = authorize.handler(event, Context())
    assert response["isAuthorized"] is True
    result: dict[str, str] = response["context"]
    return result


def refusal(authorize: ModuleType, authorization: str | None) -> str:
    result = authorized(authorize, authorization)
    assert set(result) == {"refusal", "detail"}
    return result["refusal"]


@pytest.mark.parametrize("use", ["access", "id"])
def test_access_and_id_tokens_name_their_owner(authorize: ModuleType, pool: UserPool, use: str) -> None:
    assert authorized(authorize, f"Bearer {pool.token(use=use)}") == {"sub": "ann"}


def test_the_scheme_is_written_in_any_case(authorize: ModuleType, pool: UserPool) -> None:
    assert authorized(authorize, f"bearer  {pool.token()} ") == {"sub": "ann"}


@pytest.mark.parametrize("authorization", [None, "", "Basic dXNlcjpzZWNyZXQ="])
def test_a_request_without_a_bearer_token_is_refused(authorize: ModuleType, authorization: str | None) -> None:
    assert refusal(authorize, authorization) == "token_missing"


def encoded(result: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(result).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "swordfish",
        "not.a.token",
        f"{encoded({'alg': 'RS256'})}.{encoded('a text')}.c2ln",
        f"{encoded({'alg': 'RS256', 'kid': 7})}.{encoded({'iss': ISSUER})}.c2ln",
        "a.b.c.d.e",
        "ä.ö.ü",
    ],
    ids=["nothing", "a word", "three words", "no claims", "no key id", "a refresh token", "beyond ASCII"],
)
def test_a_text_that_is_no_token_is_malformed(authorize: ModuleType, token: str) -> None:
    assert refusal(authorize, f"Bearer {token}") == "token_malformed"


def test_a_refresh_token_is_malformed(authorize: ModuleType, pool: UserPool) -> None:
    assert refusal(authorize, f"Bearer {pool.token(use='refresh')}") == "token_malformed"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"exp": int(time.time()) - 1}, "token_expired"),
        ({"iss": ISSUER[:-1]}, "token_wrong_pool"),
        ({"iss": None}, "token_wrong_pool"),
        ({"client_id": "another"}, "token_wrong_client"),
        ({"client_id": None, "aud": CLIENT}, "token_wrong_client"),
        ({"exp": None}, "token_not_verified"),
        ({"sub": None}, "token_not_verified"),
        ({"token_use": None}, "token_not_verified"),
        ({"nbf": int(time.time()) + 86_400}, "token_not_verified"),
        ({"kid": "key-2"}, "token_not_verified"),
    ],
    ids=lambda given: "-".join(given) if isinstance(given, dict) else given,
)
def test_each_fault_has_its_code(authorize: ModuleType, pool: UserPool, changed: dict[str, Any], code: str) -> None:
    assert refusal(authorize, f"Bearer {pool.token(**changed)}") == code


ODD_SUBJECTS = [
    "",
    "*",
    "a/b",
    "../ann",
    ".",
    "..",
    "public",
    "a b",
    "ann\n",
    "\x00",
    "a%2fb",
    "${filename}",
    "ä",
    "-a",
    "a" * 129,
]


@pytest.mark.parametrize("sub", ODD_SUBJECTS)
def test_a_subject_that_cannot_begin_a_key_is_refused_however_well_signed(
    authorize: ModuleType, pool: UserPool, sub: str
) -> None:
    assert refusal(authorize, f"Bearer {pool.token(sub=sub)}") == "token_not_verified"


@pytest.mark.parametrize("sub", ["0193f2a5-c0ff-4011-a233-445566778899", "a" * 128])
def test_a_subject_of_the_usual_shape_is_the_owner(authorize: ModuleType, pool: UserPool, sub: str) -> None:
    assert authorized(authorize, f"Bearer {pool.token(sub=sub)}") == {"sub": sub}


def test_an_id_token_for_another_client_is_refused(authorize: ModuleType, pool: UserPool) -> None:
    assert refusal(authorize, f"Bearer {pool.token(use='id', aud='another', client_id=CLIENT)}") == "token_wrong_client"


def claims(pool: UserPool) -> dict[str, Any]:
    return dict(jwt.decode(pool.token(), options={"verify_signature": False}))


def test_a_token_signed_by_another_key_under_the_same_name_is_refused(authorize: ModuleType, pool: UserPool) -> None:
    forged = jwt.encode(claims(pool), new_key(), "RS256", {"kid": "key-1"})
    assert refusal(authorize, f"Bearer {forged}") == "token_not_verified"


def test_an_unsigned_token_is_refused(authorize: ModuleType, pool: UserPool) -> None:
    unsigned = jwt.encode(claims(pool), "", "none", {"kid": "key-1"})
    assert refusal(authorize, f"Bearer {unsigned}") == "token_not_verified"


def test_a_token_signed_with_the_public_key_as_secret_is_refused(authorize: ModuleType, pool: UserPool) -> None:
    parts = f"{encoded({'alg': 'HS256', 'kid': 'key-1', 'typ': 'JWT'})}.{encoded(claims(pool))}"
    public = json.loads(pool.published())["keys"][0]["n"].encode()
    signed = base64.urlsafe_b64encode(
        jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(parts.encode(), public)
    )
    assert refusal(authorize, f"Bearer {parts}.{signed.decode().rstrip('=')}") == "token_not_verified"


def test_claims_changed_after_signing_are_refused(authorize: ModuleType, pool: UserPool) -> None:
    head, _, signature = pool.token().split(".")
    changed = f"{head}.{encoded(claims(pool) | {'sub': 'bob'})}.{signature}"
    assert refusal(authorize, f"Bearer {changed}") == "token_not_verified"


def test_keys_are_read_once_and_only_for_a_token_of_the_pool(authorize: ModuleType, pool: UserPool) -> None:
    refusal(authorize, None)
    refusal(authorize, f"Bearer {pool.token(iss='https://elsewhere.example')}")
    assert pool.reads == []
    for _ in range(3):
        authorized(authorize, f"Bearer {pool.token()}")
    assert pool.reads == [f"/{POOL}/.well-known/jwks.json"]


def test_unknown_key_ids_do_not_cause_further_reads_of_the_keys(
    authorize: ModuleType, pool: UserPool, clock: Clock
) -> None:
    for name in range(5):
        assert refusal(authorize, f"Bearer {pool.token(kid=f'made-up-{name}')}") == "token_not_verified"
    assert len(pool.reads) == 1


def test_a_key_added_after_the_last_read_is_found(
    authorize: ModuleType, pool: UserPool, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    authorized(authorize, f"Bearer {pool.token()}")
    monkeypatch.setitem(pool.keys, "key-new", new_key())
    clock.advance(31)
    assert authorized(authorize, f"Bearer {pool.token(kid='key-new')}") == {"sub": "ann"}


def test_a_token_is_refused_as_unverifiable_while_the_keys_cannot_be_read(
    authorize: ModuleType, pool: UserPool
) -> None:
    pool.down = True
    assert refusal(authorize, f"Bearer {pool.token()}") == "keys_unavailable"
    pool.down = False
    assert authorized(authorize, f"Bearer {pool.token()}") == {"sub": "ann"}


@pytest.mark.parametrize("garbage", [b"<html>Sorry</html>", b'{"keys": []}', b'{"keys": [{"kty": "none"}]}'])
def test_a_token_is_refused_as_unverifiable_if_the_key_set_is_invalid(
    authorize: ModuleType, pool: UserPool, monkeypatch: pytest.MonkeyPatch, garbage: bytes
) -> None:
    monkeypatch.setattr(pool, "garbage", garbage)
    assert refusal(authorize, f"Bearer {pool.token()}") == "keys_unavailable"


def test_in_an_account_the_keys_are_read_from_the_issuer_over_https() -> None:
    checks = tokens.Tokens.from_environment({"TOKEN_ISSUER": ISSUER, "USER_POOL_CLIENT_ID": CLIENT})
    assert checks.keys.uri == f"{ISSUER}/.well-known/jwks.json"


def test_the_log_holds_no_token_and_no_name(
    authorize: ModuleType, pool: UserPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = io.StringIO()
    monkeypatch.setattr(authorize.logger.registered_handler, "stream", log)
    token = pool.token(sub="ann-s-sub")
    authorized(authorize, f"Bearer {token}")
    authorized(authorize, f"Bearer {token}.and-more")
    result = log.getvalue()
    assert [json.loads(line)["correlation_id"] for line in result.splitlines()] == ["request-1", "request-1"]
    assert "token_malformed" in result
    assert not [part for part in (*token.split("."), "ann-s-sub") if part in result]
