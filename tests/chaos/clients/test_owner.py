"""The owner's count of redriven and replayed deliveries, where the queue refuses a part of a page."""

from typing import Any

import pytest
import requests

from tests.chaos.clients.owner import Owner

PAGE = 2


class Api:
    """The deliveries of one webhook, by status; the queue refuses the second of the first page, once."""

    def __init__(self, **deliveries: list[str]) -> None:
        self.deliveries, self.refusals = deliveries, 1

    def request(self, method: str, url: str, **parameters: Any) -> requests.Response:
        status = "dropped" if "status=dropped" in url else "dead"
        waiting = self.deliveries[status]
        at = int(url.partition("&cursor=")[2] or 0)
        page, more = waiting[at : at + PAGE], len(waiting) > at + PAGE
        if method == "GET":
            return answer(200, items=page, next_cursor=str(at + PAGE) if more else None)
        refused = page[1:] if self.refusals else []
        self.refusals = 0
        self.deliveries[status] = [item for item in waiting if item in refused or item not in page]
        if refused:
            return answer(503, code="unavailable")
        return answer(202, deliveries=len(page), next_cursor="0" if more else None)


def answer(status: int, **body: object) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.json = lambda **_: body  # type: ignore[method-assign]
    return response


def test_what_was_sent_before_a_refusal_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api(dead=["dlv_1", "dlv_2", "dlv_3", "dlv_4", "dlv_5"], dropped=["dlv_6"])
    monkeypatch.setattr(requests, "request", api.request)
    owner = Owner("https://api.example")
    owner.webhooks["steady"] = "sub_1"
    assert owner.redrive_and_replay() == 6
    assert api.deliveries == {"dead": [], "dropped": []}
