"""Cursors: each is valid for one owner, list and query; invented, borrowed and changed cursors are refused."""

import base64
import json
import string
from typing import Any

import pytest

from tests.builders import IMAGE_ID, http_request
from wire.http.api import ApiError
from wire.http.paging import Cursors, limit

LIST = "GET /images"


def cursors(table: str = "RekognitionStack-Recognitions-1K8Q") -> Cursors:
    return Cursors(table)


def new_cursor(last: str = IMAGE_ID, *, owner: str = "ann", route: str = LIST, **query: str) -> str:
    """Return the cursor in the response to this request."""
    response = cursors().page(http_request(route, owner=owner, query=query), ["item"], last)
    return str(json.loads(response["body"])["next_cursor"])


def read(cursor: str, *, owner: str = "ann", route: str = LIST, **query: str) -> str | None:
    return cursors().read(http_request(route, owner=owner, query=query | {"cursor": cursor}))


def refused(cursor: str, **request: Any) -> bool:
    with pytest.raises(ApiError) as caught:
        read(cursor, **request)
    return (caught.value.status, caught.value.code) == (400, "invalid_cursor")


def test_a_cursor_is_read_back_as_its_id() -> None:
    assert read(new_cursor()) == IMAGE_ID
    assert read(new_cursor("2026-11-21T14:00:00.000Z/evt_1 čičė")) == "2026-11-21T14:00:00.000Z/evt_1 čičė"


def test_a_cursor_needs_no_encoding_in_a_url() -> None:
    assert set(new_cursor()) <= set(string.ascii_letters + string.digits + "-_")


def test_the_last_page_has_no_cursor() -> None:
    response = cursors().page(http_request(LIST), [], None, more=1)
    assert json.loads(response["body"]) == {"items": [], "next_cursor": None, "more": 1}
    assert cursors().read(http_request(LIST)) is None


def test_a_borrowed_cursor_is_refused() -> None:
    assert refused(new_cursor(owner="ann"), owner="bob")


def test_a_cursor_of_another_list_is_refused() -> None:
    assert refused(new_cursor(route="GET /webhooks"), route=LIST)


def test_a_cursor_of_another_webhook_s_list_is_refused() -> None:
    route = "GET /webhooks/{webhook_id}/deliveries"
    one, other = (http_request(route, path={"webhook_id": webhook_id}) for webhook_id in ("sub_1", "sub_2"))
    cursor = cursors().after(one, "dlv_1")
    assert cursors().read(one | {"queryStringParameters": {"cursor": cursor}}) == "dlv_1"
    with pytest.raises(ApiError):
        cursors().read(other | {"queryStringParameters": {"cursor": cursor}})


@pytest.mark.parametrize("changed", [{"label": "dog"}, {"label": "cat", "detector": "edge"}, {}])
def test_a_cursor_is_refused_with_other_filters(changed: dict[str, str]) -> None:
    assert read(new_cursor(label="cat"), label="cat") == IMAGE_ID
    assert refused(new_cursor(label="cat"), **changed)


def test_limit_and_top_k_may_change_between_pages() -> None:
    assert read(new_cursor(limit="1", top_k="1", label="cat"), limit="9", label="cat") == IMAGE_ID


def test_a_cursor_of_another_deployment_is_refused() -> None:
    other = cursors("RekognitionStack-Recognitions-9ZZ1").after(http_request(LIST, owner="ann"), IMAGE_ID)
    assert other
    assert refused(other)


def test_a_cursor_with_one_changed_character_is_refused() -> None:
    cursor = new_cursor()
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
        new_cursor() + "=",
        new_cursor() + "\n",
        new_cursor()[:-1],
        new_cursor() * 2,
    ],
)
def test_an_invented_cursor_is_refused(cursor: str) -> None:
    assert refused(cursor)


@pytest.mark.parametrize("given", ["0", "101", "two", "-1", "1.0", "²", "٣", "9" * 5000, " 1"])
def test_a_limit_is_a_whole_number_from_1_to_100(given: str) -> None:
    with pytest.raises(ApiError) as caught:
        limit(http_request(LIST, query={"limit": given}))
    assert (caught.value.status, caught.value.code) == (400, "invalid_limit")


def test_the_default_limit_is_25() -> None:
    assert (limit(http_request(LIST)), limit(http_request(LIST, query={"limit": "100"}))) == (25, 100)
