"""The accounts of payments: Rekognition's calls against the contents, and the counters against the outcomes."""

import math
from collections.abc import Iterator
from itertools import pairwise

from recognition.recognize.runtime.usage import counters
from tests.chaos.functions.batches import Batch
from tests.chaos.ledger.account import Account
from tests.chaos.ledger.evidence import Evidence
from tests.chaos.servers.rekognition import LOST, Call

KILLED = "the worker was killed before it had stored the result"
ON_THE_WAY = "the response was lost on the way"
AT_ONCE = "two workers recognized the same new bytes at once"
ERASED = "the image with the earlier result had been erased"


def accounts(evidence: Evidence) -> Iterator[Account]:
    """Yield the accounts in order."""
    yield _paid(evidence)
    yield from _counted(evidence)


def _paid(evidence: Evidence) -> Account:
    """Explain each paid call beyond the first for a content: its result could not be reused."""
    by_content: dict[str, list[Call]] = {}
    for call in evidence.stage.rekognition.calls:
        if call.paid:
            by_content.setdefault(evidence.received[call.key, call.version].content, []).append(call)
    account = Account("paid calls of Rekognition", len(by_content), sum(map(len, by_content.values())))
    for content, calls in by_content.items():
        for number, (before, after) in enumerate(pairwise(calls), 1):
            reason = _reason(evidence, before, after) or _erased(evidence, calls[:number], after)
            if reason:
                account.explain(reason)
            else:
                account.unexplained.append(f"{content}: {before.key} at {before.at:.3f}, {after.key} at {after.at:.3f}")
    return account


def _batches(evidence: Evidence, call: Call) -> list[Batch]:
    """Return the batches that may have made the call.

    Rekognition may read the call of a killed worker after the worker's end, but before the next batch with the same
    request has ended.
    """
    version = (call.key, call.version)
    candidates = [
        batch
        for batch in evidence.uploads
        if any((request.image.key, request.image.version) == version for request in batch.requests)
    ]
    ended = [batch for batch in candidates if batch.ended is not None and batch.ended < call.at]
    latest = max(ended, key=lambda batch: batch.begun, default=None)
    killed = [latest] if latest and latest.error else []
    return [*(batch for batch in candidates if batch.during(call.at)), *killed]


def _reason(evidence: Evidence, before: Call, after: Call) -> str:
    """Return the reason why the later call could not reuse the result of the earlier one, or an empty text."""
    if before.outcome == LOST:
        return ON_THE_WAY
    first, second = _batches(evidence, before), _batches(evidence, after)
    if any(batch.error for batch in first):
        return KILLED
    if any(batch.begun < (other.ended or 0) and batch is not other for batch in second for other in first):
        return AT_ONCE
    return ""


def _erased(evidence: Evidence, before: list[Call], after: Call) -> str:
    """Return the reason if an image of an earlier call was erased before the later call, or an empty text.

    All earlier calls count: of several images recognized at once, the last one stores the result.
    """
    ids = {evidence.received[call.key, call.version].image_id for call in before}
    return ERASED if any(evidence.acknowledged.erasing.get(image_id, math.inf) < after.at for image_id in ids) else ""


def _counted(evidence: Evidence) -> Iterator[Account]:
    """Compare the counters with the stored outcomes; a killed worker may not have counted its batch."""
    wanted = [name for entry in evidence.outcomes for name in counters(entry).elements()]
    uncounted = [
        name for entry in evidence.outcomes if evidence.is_of_failed_batch(entry) for name in counters(entry).elements()
    ]
    for name in ("uploads", "recognized", "rejected", "reused", "rekognition_calls"):
        account = Account(f"counted as {name}", wanted.count(name), evidence.usage.get(name, 0))
        over = account.found - account.expected
        erased = _most_of_erased(evidence, name)
        if over < 0:
            account.explain("not counted because the worker was killed", min(-over, uncounted.count(name)))
        elif over > 0:
            account.explain("of images erased since", min(over, erased))
        account.unexplained += [f"one too {'many' if over > 0 else 'few'}"] * (
            abs(over) - sum(account.explained.values())
        )
        yield account


def _most_of_erased(evidence: Evidence, name: str) -> int:
    """Return the most that erased images may have counted: once for each of their requests."""
    orders = {
        (request.key, request.order)
        for batch in evidence.uploads
        for request in batch.requests
        if request.image.image_id in evidence.acknowledged.erased and not (name == "uploads" and request.request)
    }
    return len(orders)
