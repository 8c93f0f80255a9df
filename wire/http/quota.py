"""What an owner may take in a day, counted in the usage table; where no quota is set nothing is asked."""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Self

from botocore.exceptions import ClientError

from domain.clock import now
from domain.detectors import DETECTORS
from domain.pricing import REKOGNITION_CALL
from wire.aws.client import client
from wire.http.api import ApiError


class Quota:
    """So many uploads, and so much money spent on Rekognition, for each owner and day (UTC); 0 is without end."""

    def __init__(self, table: str, *, uploads: int, spend: float) -> None:
        self._table, self._uploads, self._spend = table, uploads, spend

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """As the deployment's settings have it."""
        uploads, spend = environment["DAILY_UPLOADS"], environment["DAILY_SPEND"]
        return cls(environment["USAGE_TABLE"], uploads=int(uploads), spend=float(spend))

    def admit(self, owner: str, detector: str) -> None:
        """Count an upload, or a question asked anew, for this detector; raises ApiError 429 `quota_exceeded`.

        Rekognition's calls are counted once they were made, so what is under way when the money is spent still goes.
        """
        limits = self._limits(detector)
        at = now()
        if limits and not self._counted(owner, f"{at:%Y-%m-%d}", limits):
            wait = str(_seconds_to_midnight(at))
            raise ApiError(429, "quota_exceeded", self._detail(), retryable=True, retry_after=wait)

    def _limits(self, detector: str) -> dict[str, float]:
        """The counters that have to be below a number."""
        calls = self._spend / REKOGNITION_CALL if DETECTORS[detector].uses_rekognition else 0
        limits = {"admitted": self._uploads, "rekognition_calls": calls}
        return {counter: most for counter, most in limits.items() if most}

    def _counted(self, owner: str, day: str, limits: Mapping[str, float]) -> bool:
        """In one call: whether every counter is still below its limit, and if so, one more."""
        try:
            self._dynamodb.update_item(
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
        return f"A day's quota is {' and '.join(said for said, most in quotas.items() if most)}; yours is used up."

    @cached_property
    def _dynamodb(self) -> Any:
        """Made when first needed: without a quota nobody waits for it."""
        return client("dynamodb")


def _seconds_to_midnight(at: datetime) -> int:
    midnight = datetime(at.year, at.month, at.day, tzinfo=at.tzinfo) + timedelta(days=1)
    return math.ceil((midnight - at).total_seconds())
