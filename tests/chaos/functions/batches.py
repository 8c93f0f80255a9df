"""The batches that queues handed to functions, read from the emulator's log while it is written."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from recognition.recognize.runtime.request import RecognitionRequest

RECOGNIZE, DISPATCH, DELIVER = FUNCTIONS = ("Recognize", "Dispatch", "Deliver")


@dataclass
class Batch:
    """One batch of one function; `error` is that of the function, or None. Times are in seconds since 1970."""

    number: int
    function: str
    begun: float
    messages: list[dict[str, Any]]
    ended: float | None = None
    error: str | None = None

    @cached_property
    def requests(self) -> list[RecognitionRequest]:
        """The recognition requests in a batch of the uploads queue."""
        return [request for message in self.messages for request in _requests(message["body"])]

    def during(self, at: float, slack: float = 0.0) -> bool:
        """Return True if the function had the batch at that moment, give or take `slack` seconds."""
        return self.begun - slack <= at and (self.ended is None or at <= self.ended + slack)


@dataclass
class Batches:
    """All batches so far; `follow` reads what the log has gained."""

    log: Path
    by_number: dict[int, Batch] = field(default_factory=dict)
    taken: list[tuple[float, str]] = field(default_factory=list)
    """Moments and bodies of messages that a worker received itself, beside its batch."""
    _read: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def follow(self) -> None:
        """Read the lines that the emulator has written since the last call."""
        with self._lock, self.log.open("rb") as log:
            log.seek(self._read)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                self._add(json.loads(line))

    def all(self, function: str) -> list[Batch]:
        """Return the batches of one function in order."""
        self.follow()
        return [batch for batch in self._known() if batch.function == function]

    def failed(self) -> Iterator[Batch]:
        """Yield the batches whose function failed."""
        return (batch for batch in self._known() if batch.error)

    def _known(self) -> list[Batch]:
        """Return the batches so far: another thread may add one at any time."""
        with self._lock:
            return list(self.by_number.values())

    def _add(self, line: dict[str, Any]) -> None:
        if "taken" in line:
            self.taken += [(line["at"], body) for body in line["taken"]]
        elif "function" in line:
            name = next(known for known in (*FUNCTIONS, "") if f"-{known}" in line["function"])
            self.by_number[line["batch"]] = Batch(line["batch"], name, line["at"], line["messages"])
        else:
            batch = self.by_number[line["batch"]]
            batch.ended, batch.error = line["at"], line["error"]


def _requests(body: str) -> list[RecognitionRequest]:
    try:
        return RecognitionRequest.from_message(body, 1)
    except (AttributeError, KeyError, TypeError, ValueError):
        return []
