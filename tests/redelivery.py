"""A queue whose messages come again, all in one batch, until they are deleted; some end the function."""

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

import pytest

from tests.builders import Context
from wire.aws.queue import Record


class EndedError(BaseException):
    """The function ended: out of memory, or out of time. No code under test catches it."""


class Redelivery:
    """The messages of a queue by their ids, and how often each was received; a handler's module handles them."""

    def __init__(self, module: ModuleType, bodies: Mapping[str, str], patch: pytest.MonkeyPatch) -> None:
        self.module, self.waiting = module, dict(bodies)
        self.received = dict.fromkeys(bodies, 0)
        patch.setattr(module, "isolation", module.isolation._replace(remove=self.remove))

    def remove(self, records: Sequence[Record]) -> None:
        """Delete messages."""
        for record in records:
            self.waiting.pop(record["messageId"], None)

    def work_off(self, most: int = 50) -> None:
        """Receive the messages again and again until none is left; fail after `most` batches."""
        for _ in range(most):
            if not self.waiting:
                return
            self._invoke()
        raise AssertionError(f"still waiting: {sorted(self.waiting)}")

    def _invoke(self) -> None:
        for name in self.waiting:
            self.received[name] += 1
        records = [self._record(name, body) for name, body in self.waiting.items()]
        try:
            response = self.module.handler({"Records": records}, Context())
        except EndedError:
            return
        failed = {failure["itemIdentifier"] for failure in response["batchItemFailures"]}
        self.remove([record for record in records if record["messageId"] not in failed])

    def _record(self, name: str, body: str) -> Any:
        counted = {"ApproximateReceiveCount": str(self.received[name])}
        return {"messageId": name, "receiptHandle": name, "body": body, "attributes": counted, "messageAttributes": {}}
