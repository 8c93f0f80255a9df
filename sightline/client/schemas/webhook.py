"""A webhook, its deliveries and their attempts."""

from typing import NotRequired, TypedDict


class Disabled(TypedDict):
    """The reason why a webhook was disabled, and the moment."""

    reason: str
    at: str


class Webhook(TypedDict):
    """A subscription; `secret` is there only in the response that makes it.

    `resting_until` is missing in the responses of older deployments.
    """

    webhook_id: str
    url: str
    events: list[str]
    labels: list[str]
    min_confidence: float
    description: str
    rate_limit: int | None
    created_at: str
    enabled: bool
    disabled: Disabled | None
    failing_since: str | None
    resting_until: NotRequired[str | None]
    links: dict[str, str]
    secret: NotRequired[str]


class Attempt(TypedDict):
    """One attempt at a delivery: a response's `status`, or the `error` that prevented one."""

    attempt: int
    at: str
    ms: int
    status: int | None
    error: str | None
    response: NotRequired[str | None]


class AcceptedDelivery(TypedDict):
    """A delivery that was accepted to be sent."""

    delivery_id: str
    status: str


class Delivery(AcceptedDelivery):
    """One event on its way to one webhook; `GET /deliveries/{delivery_id}` adds every attempt."""

    webhook_id: str
    image_id: str | None
    type: str
    timestamp: str
    reason: str | None
    tries: int
    last_attempt: Attempt | None
    next_attempt_at: str | None
    attempts: NotRequired[list[Attempt]]


class ReplayedPage(TypedDict):
    """The number of deliveries that one call of a replay or a redrive sent again, and the cursor of the next call."""

    deliveries: int
    next_cursor: str | None
