"""Daily quotas of an owner, counted in the usage table; without a quota there is no call."""

import math
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Self

from botocore.exceptions import ClientError

from domain.clock import now
from domain.detectors import DETECTORS
from domain.pricing import REKOGNITION_CALL
from wire.aws.client import lazy
from wire.http.api import ApiError


class Quota:
    """The most uploads, and the most US dollars spent on Rekognition, per owner and day (UTC); 0 is no limit."""

    def __init__(self, table: str, *, uploads: int, spend: float) -> None:
        self._table, self._uploads, self._spend = table, uploads, spend

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the quotas of the deployment's settings."""
        uploads, spend = environment["DAILY_UPLOADS"], environment["DAILY_SPEND"]
        return cls(environment["USAGE_TABLE"], uploads=int(uploads), spend=float(spend))

    def admit(self, owner: str, detector: str) -> None:
        """Count an upload, or a request to recognize again, for this detector; raises ApiError 429 `quota_exceeded`.

        Calls of Rekognition are counted after they are made, so that images in progress may exceed the limit.
        """
        limits = self._limits(detector)
        at = now()
        if limits and not self._counted(owner, f"{at:%Y-%m-%d}", limits):
            wait = str(_seconds_to_midnight(at))
            raise ApiError(429, "quota_exceeded", self._detail(), retryable=True, retry_after=wait)

    def give_back(self, owner: str) -> None:
        """Uncount the owner's last upload, whose URL was blocked. After midnight there is nothing to uncount."""
        if self._uploads:
            with suppress(lazy("dynamodb").exceptions.ConditionalCheckFailedException):
                lazy("dynamodb").update_item(
                    TableName=self._table,
                    Key={"owner": {"S": owner}, "day": {"S": f"{now():%Y-%m-%d}"}},
                    UpdateExpression="ADD admitted :less",
                    ConditionExpression="admitted > :zero",
                    ExpressionAttributeValues={":less": {"N": "-1"}, ":zero": {"N": "0"}},
                )

    def _limits(self, detector: str) -> dict[str, float]:
        """Return each limit by the name of the counter that it limits."""
        calls = self._spend / REKOGNITION_CALL if DETECTORS[detector].uses_rekognition else 0
        limits = {"admitted": self._uploads, "rekognition_calls": calls}
        return {counter: most for counter, most in limits.items() if most}

    def _counted(self, owner: str, day: str, limits: Mapping[str, float]) -> bool:
        """Add 1 to `admitted` if every counter is below its limit, in one call; return whether they were."""
        try:
            lazy("dynamodb").update_item(
                TableName=self._table,
                Key={"owner": {"S": owner}, "day": {"S": day}},
                UpdateExpression="ADD admitted :one",
                ConditionExpression=" AND ".join(f"(attribute_not_exists({n}) OR {n} < :{n})" for n in limits),
                ExpressionAttributeValues={":one": {"N": "1"}}
                | {f":{counter}": {"N": f"{most:.3f}"} for counter, most in limits.items()},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def _detail(self) -> str:
        quotas = {f"{self._uploads} uploads": self._uploads, f"${self._spend:.2f} of Rekognition": self._spend}
        return f"The daily quota of {' and '.join(text for text, most in quotas.items() if most)} is used up."


def _seconds_to_midnight(at: datetime) -> int:
    midnight = datetime(at.year, at.month, at.day, tzinfo=at.tzinfo) + timedelta(days=1)
    return math.ceil((midnight - at).total_seconds())
