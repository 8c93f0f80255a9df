"""The batches that functions were handed by their queues, read from the emulator's own log while it is written."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from recognition.recognize.runtime.request import Question

RECOGNIZE, DISPATCH, DELIVER = FUNCTIONS = ("Recognize", "Dispatch", "Deliver")


@dataclass
class Batch:
    """One batch in one function's hands; `error` says how the function broke off, if it did. Times as in time.time."""

    number: int
    function: str
    begun: float
    messages: list[dict[str, Any]]
    ended: float | None = None
    error: str | None = None

    @cached_property
    def questions(self) -> list[Question]:
        """What a batch of the uploads queue asks."""
        return [each for message in self.messages for each in _questions(message["body"])]

    def holds(self, text: str) -> bool:
        """Whether one of its messages names this."""
        return any(text in each["body"] for each in self.messages)

    def during(self, at: float, slack: float = 0.0) -> bool:
        """Whether it was in the function's hands then."""
        return self.begun - slack <= at and (self.ended is None or at <= self.ended + slack)


@dataclass
class Batches:
    """All of them so far; `follow` reads on."""

    log: Path
    by_number: dict[int, Batch] = field(default_factory=dict)
    taken: list[tuple[float, str]] = field(default_factory=list)
    """When a worker took which message's body for itself, beside its batch."""
    _read: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def follow(self) -> None:
        """Read what the emulator has written since."""
        with self._lock, self.log.open("rb") as log:
            log.seek(self._read)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                self._take(json.loads(line))

    def all(self, function: str) -> list[Batch]:
        """Those of one function, in their order."""
        self.follow()
        return [each for each in self.by_number.values() if each.function == function]

    def broken(self) -> Iterator[Batch]:
        """Those whose function broke off."""
        return (each for each in self.by_number.values() if each.error)

    def _take(self, said: dict[str, Any]) -> None:
        if "taken" in said:
            self.taken += [(said["at"], body) for body in said["taken"]]
        elif "function" in said:
            name = next(each for each in (*FUNCTIONS, "") if f"-{each}" in said["function"])
            self.by_number[said["batch"]] = Batch(said["batch"], name, said["at"], said["messages"])
        else:
            batch = self.by_number[said["batch"]]
            batch.ended, batch.error = said["at"], said["error"]


def _questions(body: str) -> list[Question]:
    try:
        return Question.from_message(body, 1)
    except (AttributeError, KeyError, TypeError, ValueError):
        return []
