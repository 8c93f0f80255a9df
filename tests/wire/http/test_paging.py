"""Cursors: what one is bound to, and what becomes of one that was made up, borrowed or changed."""

import base64
import json
import string
from typing import Any

import pytest

from tests.builders import IMAGE_ID, http_request
from wire.http.api import ApiError
from wire.http.paging import Cursors, limit

LIST = "GET /images"
KEY = "k" * 64


class Secrets:
    """A Secrets Manager that counts how often it is asked."""

    def __init__(self, key: str = KEY) -> None:
        self.key, self.asked = key, 0

    def get_secret_value(self, **given: Any) -> dict[str, str]:
        self.asked += 1
        return {"SecretString": self.key}


def cursors(secrets: Secrets | None = None) -> Cursors:
    client: Any = secrets or Secrets()
    return Cursors("arn", lambda: client)


def made(last: str = IMAGE_ID, *, owner: str = "ann", route: str = LIST, **query: str) -> str:
    """The cursor that an answer to this question holds."""
    answer = cursors().page(http_request(route, owner=owner, query=query), ["item"], last)
    return str(json.loads(answer["body"])["next_cursor"])


def read(cursor: str, *, owner: str = "ann", route: str = LIST, **query: str) -> str | None:
    return cursors().read(http_request(route, owner=owner, query=query | {"cursor": cursor}))


def refused(cursor: str, **asked: Any) -> bool:
    with pytest.raises(ApiError) as caught:
        read(cursor, **asked)
    return (caught.value.status, caught.value.code) == (400, "invalid_cursor")


def test_a_cursor_comes_back_as_the_id_it_was_made_of() -> None:
    assert read(made()) == IMAGE_ID
    assert read(made("2026-11-21T14:00:00.000Z/evt_1 čičė")) == "2026-11-21T14:00:00.000Z/evt_1 čičė"


def test_a_cursor_is_written_in_letters_that_no_url_changes() -> None:
    assert set(made()) <= set(string.ascii_letters + string.digits + "-_")


def test_the_last_page_has_no_cursor_and_costs_no_key() -> None:
    secrets = Secrets()
    answer = cursors(secrets).page(http_request(LIST), [], None, more=1)
    assert json.loads(answer["body"]) == {"items": [], "next_cursor": None, "more": 1}
    assert (cursors(secrets).read(http_request(LIST)), secrets.asked) == (None, 0)


def test_the_key_is_fetched_once() -> None:
    secrets = Secrets()
    pages = cursors(secrets)
    for _ in range(3):
        pages.read(http_request(LIST, owner="ann", query={"cursor": made()}))
    assert secrets.asked == 1


def test_a_borrowed_cursor_is_refused() -> None:
    assert refused(made(owner="ann"), owner="bob")


def test_a_cursor_of_another_list_is_refused() -> None:
    assert refused(made(route="GET /webhooks"), route=LIST)


def test_a_cursor_of_another_thing_s_list_is_refused() -> None:
    route = "GET /webhooks/{webhook_id}/deliveries"
    one, other = (http_request(route, path={"webhook_id": webhook_id}) for webhook_id in ("sub_1", "sub_2"))
    cursor = cursors().after(one, "dlv_1")
    assert cursors().read(one | {"queryStringParameters": {"cursor": cursor}}) == "dlv_1"
    with pytest.raises(ApiError):
        cursors().read(other | {"queryStringParameters": {"cursor": cursor}})


@pytest.mark.parametrize("changed", [{"label": "dog"}, {"label": "cat", "detector": "edge"}, {}])
def test_a_cursor_is_refused_with_other_filters(changed: dict[str, str]) -> None:
    assert read(made(label="cat"), label="cat") == IMAGE_ID
    assert refused(made(label="cat"), **changed)


def test_how_much_is_shown_may_change_between_pages() -> None:
    assert read(made(limit="1", top_k="1", label="cat"), limit="9", label="cat") == IMAGE_ID


def test_a_cursor_of_another_deployment_is_refused() -> None:
    other = cursors(Secrets("another key")).after(http_request(LIST, owner="ann"), IMAGE_ID)
    assert other
    assert refused(other)


def test_no_single_changed_character_goes_unnoticed() -> None:
    cursor = made()
    for at, letter in enumerate(cursor):
        other = "A" if letter != "A" else "B"
        assert refused(cursor[:at] + other + cursor[at + 1 :]), at


@pytest.mark.parametrize(
    "cursor",
    [
        base64.urlsafe_b64encode(IMAGE_ID.encode()).decode(),
        "x",
        "é",
        "!",
        "////",
        "=",
        " ",
        "AAAA" * 600,
        base64.urlsafe_b64encode(b"0" * 16).decode(),
        base64.urlsafe_b64encode(b"0" * 16 + b"\xff").decode(),
        made() + "=",
        made() + "\n",
        made()[:-1],
        made() * 2,
    ],
)
def test_what_was_made_up_is_refused(cursor: str) -> None:
    assert refused(cursor)


@pytest.mark.parametrize("given", ["0", "101", "two", "-1", "1.0", "²", "٣", "9" * 5000, " 1"])
def test_a_limit_is_a_whole_number_from_1_to_100(given: str) -> None:
    with pytest.raises(ApiError) as caught:
        limit(http_request(LIST, query={"limit": given}))
    assert (caught.value.status, caught.value.code) == (400, "invalid_limit")


def test_a_limit_that_is_not_given_is_25() -> None:
    assert (limit(http_request(LIST)), limit(http_request(LIST, query={"limit": "100"}))) == (25, 100)
