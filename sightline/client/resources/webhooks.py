"""`client.webhooks` and `client.deliveries`: register webhooks, read their log, and send deliveries again."""

from collections.abc import Callable, Iterator, Mapping
from typing import Unpack

from sightline.client.schemas.queries import Time, WebhookFields
from sightline.client.schemas.webhook import AcceptedDelivery, Delivery, ReplayedPage, Webhook
from sightline.client.transport.api import Api

OnPage = Callable[[int], None]
"""Takes the number of deliveries that were sent again by one call."""


class Webhooks:
    """Your webhooks. Every method raises a Problem if its call fails."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def add(self, url: str, **fields: Unpack[WebhookFields]) -> Webhook:
        """Register a URL and return the webhook with its `secret`, which is not shown again."""
        webhook: Webhook = self._api.post("/webhooks", {"url": url, **fields})
        return webhook

    def list(self) -> Iterator[Webhook]:
        """Iterate over your webhooks, newest first."""
        return self._api.items("/webhooks", None)

    def get(self, webhook_id: str) -> Webhook:
        """Return a webhook, without its secret."""
        webhook: Webhook = self._api.get(f"/webhooks/{webhook_id}")
        return webhook

    def change(self, webhook_id: str, *, url: str | None = None, **fields: Unpack[WebhookFields]) -> Webhook:
        """Change the fields that are given and return the webhook; None resets a field to its default."""
        return self._patch(webhook_id, {**fields, **({"url": url} if url is not None else {})})

    def enable(self, webhook_id: str) -> Webhook:
        """Resume deliveries, close the circuit breaker, and return the webhook."""
        return self._patch(webhook_id, {"enabled": True})

    def disable(self, webhook_id: str) -> Webhook:
        """Stop deliveries until the webhook is enabled, and return it."""
        return self._patch(webhook_id, {"enabled": False})

    def delete(self, webhook_id: str) -> None:
        """Delete a webhook and its pending deliveries."""
        self._api.remove(f"/webhooks/{webhook_id}")

    def rotate(self, webhook_id: str) -> Webhook:
        """Make a new secret and return the webhook with it; the old secret signs for one more day."""
        webhook: Webhook = self._api.post(f"/webhooks/{webhook_id}/rotate")
        return webhook

    def test(self, webhook_id: str) -> AcceptedDelivery:
        """Send a test event and return its delivery."""
        delivery: AcceptedDelivery = self._api.post(f"/webhooks/{webhook_id}/test")
        return delivery

    def deliveries(self, webhook_id: str, *, status: str | None = None, limit: int | None = None) -> Iterator[Delivery]:
        """Iterate over the deliveries to a webhook, newest first, perhaps of one status and at most `limit`."""
        return self._api.items(f"/webhooks/{webhook_id}/deliveries", limit, {"status": status})

    def dead_letters(self, webhook_id: str) -> Iterator[Delivery]:
        """Iterate over the dead letters of a webhook."""
        return self._api.items(f"/webhooks/{webhook_id}/dead-letters", None)

    def replay(self, webhook_id: str, since: Time, *, status: str | None = None, on_page: OnPage | None = None) -> int:
        """Send all deliveries again since a time, perhaps of one status; returns their number."""
        return self._send_again(f"/webhooks/{webhook_id}/replay", {"since": since, "status": status}, on_page)

    def redrive(self, webhook_id: str, *, on_page: OnPage | None = None) -> int:
        """Send all dead letters again; returns their number."""
        return self._send_again(f"/webhooks/{webhook_id}/redrive", {}, on_page)

    def _send_again(self, path: str, query: Mapping[str, object], on_page: OnPage | None) -> int:
        """Call page after page until all deliveries are queued."""
        count, cursor = 0, None
        while True:
            page: ReplayedPage = self._api.post(path, query={**query, "cursor": cursor})
            count, cursor = count + page["deliveries"], page["next_cursor"]
            if on_page:
                on_page(page["deliveries"])
            if not cursor:
                return count

    def _patch(self, webhook_id: str, changes: Mapping[str, object]) -> Webhook:
        webhook: Webhook = self._api.patch(f"/webhooks/{webhook_id}", changes)
        return webhook


class Deliveries:
    """The deliveries of your webhooks. Every method raises a Problem if its call fails."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def get(self, delivery_id: str) -> Delivery:
        """Return a delivery with all of its attempts."""
        delivery: Delivery = self._api.get(f"/deliveries/{delivery_id}")
        return delivery

    def replay(self, delivery_id: str) -> AcceptedDelivery:
        """Send a delivery again, with the same `webhook-id`."""
        delivery: AcceptedDelivery = self._api.post(f"/deliveries/{delivery_id}/replay")
        return delivery
