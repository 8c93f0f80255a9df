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
        limits = self._limits("admitted", detector)
        at = now()
        if limits and not self._counted(owner, at, limits, "admitted"):
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

    def take(self, owner: str, detector: str, *, upload: bool, begun: int) -> bool:
        """Count an image that is about to be recognized by this detector; return whether the quotas permit it.

        A form to upload is admitted once and may be posted several times, so every upload counts here again. A request
        to recognize again does not. `begun` images of this owner are being recognized and are not counted as calls yet.
        """
        limits = self._limits("taken" if upload else "", detector)
        if "rekognition_calls" in limits:
            limits["rekognition_calls"] = round(limits["rekognition_calls"] - begun, 3)
            if limits["rekognition_calls"] <= 0:  # DynamoDB's condition holds where there is no counter yet
                return False
        return not limits or self._counted(owner, now(), limits, "taken" if upload else "")

    def _limits(self, uploads: str, detector: str) -> dict[str, float]:
        """Return each limit by the name of the counter that it limits; `uploads` is that of uploads, empty for none."""
        calls = self._spend / REKOGNITION_CALL if DETECTORS[detector].uses_rekognition else 0
        limits = {uploads: self._uploads if uploads else 0, "rekognition_calls": calls}
        return {counter: most for counter, most in limits.items() if most}

    def _counted(self, owner: str, at: datetime, limits: Mapping[str, float], counter: str) -> bool:
        """Add 1 to `counter`, unless it is empty, if every counter is below its limit; return whether they were.

        It is one call, so that no two of them exceed a limit.
        """
        try:
            lazy("dynamodb").update_item(
                TableName=self._table,
                Key={"owner": {"S": owner}, "day": {"S": f"{at:%Y-%m-%d}"}},
                UpdateExpression=f"ADD {counter or 'taken'} :one",
                ConditionExpression=" AND ".join(f"(attribute_not_exists({n}) OR {n} < :{n})" for n in limits),
                ExpressionAttributeValues={":one": {"N": "1" if counter else "0"}}
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
