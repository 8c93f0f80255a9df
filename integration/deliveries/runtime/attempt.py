"""An Attempt: the result of one HTTP request that posted a Delivery."""

from dataclasses import replace
from typing import NamedTuple

from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log.row import (
    AttemptFields,
    DeliveryRecord,
    LoggedAttempt,
    attempt_item,
    expires,
    timestamp,
)
from integration.deliveries.runtime.response import SubscriberResponse
from wire.aws.retry_policy import DELIVERIES
from wire.aws.rows import Item


class Attempt(NamedTuple):
    """The attempt of this `number`, made `at` seconds since 1970; its response came after `ms` milliseconds."""

    number: int
    at: float
    ms: int
    response: SubscriberResponse

    @property
    def finished(self) -> bool:
        """True if no further attempt follows: the subscriber has accepted the delivery, or is gone."""
        return self.response.accepted or self.response.gone

    @property
    def status(self) -> str:
        """The status of the delivery after this attempt."""
        if self.response.accepted:
            return "delivered"
        if self.response.gone:
            return "dropped"
        return "dead" if self.number >= DELIVERIES.tries else "pending"

    def retry_delay(self) -> int:
        """Return the seconds until the next attempt, by the retry policy; 0 after the last attempt."""
        return DELIVERIES.backoff(self.number, self.response.retry_after)

    def rows(self, delivery: Delivery, number: int, retry_delay: int, now: float) -> list[Item]:
        """Return the log's rows: the delivery's state after this attempt, and the attempt itself.

        The row of a delivery that is accepted at once holds both.
        """
        next_at = timestamp(now + retry_delay) if retry_delay else None
        reason = "gone" if self.response.gone else None
        record = DeliveryRecord.of(
            delivery, self.status, tries=number, last=self.to_dict(), next_at=next_at, reason=reason
        )
        if number == 1 and self.response.accepted:
            return [replace(record, only=f"{self._moment}/{self.response.body}").to_item(now)]
        return [record.to_item(now), self.to_item(delivery, next_at, now)]

    def to_item(self, delivery: Delivery, next_at: str | None, now: float) -> Item:
        """Return the log's row of this attempt, which later attempts do not overwrite."""
        fields: LoggedAttempt = {
            **self.to_dict(),
            "response": self.response.body or None,
            "next_attempt_at": next_at,
        }
        row = attempt_item(delivery.subscription.owner, f"{delivery.delivery_id}/{self._moment}", fields)
        return row | {"expires": expires(now)}

    @property
    def _moment(self) -> str:
        """The time of the attempt, as the keys of attempts end with it."""
        return f"{self.at:017.6f}"

    def to_dict(self) -> AttemptFields:
        """Return the JSON form that callers see, without the body of the response."""
        return {
            "attempt": self.number,
            "at": timestamp(self.at),
            "ms": self.ms,
            "status": self.response.status or None,
            "error": self.response.error or None,
        }
