"""The commands of docs/sign-in.md, which sign up, sign in and refresh a token, are run as they are written."""

import json
from typing import Any

import pytest

from local.deployment import Deployment
from tests.pipeline.pages.page import blocks, checkout, run

PAGE = "docs/sign-in.md"


def values(text: str) -> list[Any]:
    """Return the JSON values that follow one another in the text."""
    found, rest = [], text.strip()
    while rest:
        value, end = json.JSONDecoder().raw_decode(rest)
        found.append(value)
        rest = rest[end:].strip()
    return found


@pytest.fixture(scope="module")
def printed(guarded: Deployment, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The output of the commands, as in a checkout whose `make run AUTH=cognito` made the deployment."""
    folder = checkout(tmp_path_factory.mktemp("checkout"), guarded)
    ran = run("\n".join(blocks(PAGE, "sh")), folder)
    assert ran.returncode == 0, ran.stderr
    return values(ran.stdout)


def test_signing_up_creates_a_user_to_be_confirmed(printed: list[Any]) -> None:
    assert printed[0]["UserConfirmed"] is False
    assert printed[1] == {}


def test_signing_in_opens_an_empty_list(printed: list[Any]) -> None:
    assert printed[2] == {"items": [], "next_cursor": None}


def test_a_refreshed_token_is_as_good(printed: list[Any]) -> None:
    assert printed[3]["detectors"]


def test_the_refusal_is_that_of_the_page(printed: list[Any]) -> None:
    (shown,) = blocks(PAGE, "json")
    assert printed[4:] == [json.loads(shown)]
