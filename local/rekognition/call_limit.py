"""The limit on calls per second, and the count of calls."""

import threading
import time
from collections.abc import Callable

from local.rekognition.protocol import RekognitionError


class CallLimit:
    """Refuses the calls beyond `per_second` in each second of `clock`; None refuses none.

    `called` and `throttled` are the numbers of admitted and refused calls.
    """

    def __init__(self, per_second: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_second, self._clock = per_second, clock
        self.called = self.throttled = 0
        self._second, self._calls = 0, 0
        self._lock = threading.Lock()

    def admit(self) -> None:
        """Count one call; raises RekognitionError beyond the limit, with another code beyond twice the limit.

        Both codes are those of
        https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectLabels.html#API_DetectLabels_Errors .
        """
        with self._lock:
            excess = self._excess()
            self.throttled += excess > 0
            self.called += excess <= 0
        if self.per_second and excess > self.per_second:
            raise RekognitionError("ProvisionedThroughputExceededException", "Provisioned rate exceeded")
        if excess > 0:
            raise RekognitionError("ThrottlingException", "Rate exceeded", status=500)

    def _excess(self) -> int:
        """Return by how many calls the current second exceeds the limit with this one."""
        second = int(self._clock())
        self._calls = self._calls + 1 if second == self._second else 1
        self._second = second
        return self._calls - self.per_second if self.per_second else 0
