"""The accounts of what was paid: Rekognition's book against the contents, and the counters against the answers."""

import math
from collections.abc import Iterator
from itertools import pairwise

from recognition.recognize.runtime.usage import counters
from recognition.results.runtime.entry import Entry
from tests.chaos.functions.batches import Batch
from tests.chaos.ledger.account import Account
from tests.chaos.ledger.evidence import Evidence
from tests.chaos.servers.rekognition import LOST, Call

KILLED = "the worker was killed before it had kept the answer"
ON_THE_WAY = "the answer was lost on the way"
AT_ONCE = "two workers looked at the same new bytes at once"
ERASED = "the image whose answer it was had been erased"
_LATE = 1.0


def accounts(evidence: Evidence) -> Iterator[Account]:
    """One after the other."""
    yield _paid(evidence)
    yield from _counted(evidence)


def _paid(evidence: Evidence) -> Account:
    """One call for each content, and one more for each answer that could not be used again."""
    by_content: dict[str, list[Call]] = {}
    for call in evidence.at.detector.calls:
        if call.paid:
            by_content.setdefault(evidence.heard[call.key, call.version].content, []).append(call)
    account = Account("paid calls of Rekognition", len(by_content), sum(map(len, by_content.values())))
    for content, calls in by_content.items():
        for number, (before, after) in enumerate(pairwise(calls), 1):
            reason = _reason(evidence, before, after) or _erased(evidence, calls[:number], after)
            if reason:
                account.because(reason)
            else:
                account.unexplained.append(f"{content}: {before.key} at {before.at:.3f}, {after.key} at {after.at:.3f}")
    return account


def _batches(evidence: Evidence, call: Call) -> list[Batch]:
    """Those that asked; what a killed worker asked may come to Rekognition's ears after its end."""
    asked = (call.key, call.version)
    return [
        batch
        for batch in evidence.recognised
        if batch.during(call.at, _LATE if batch.error else 0)
        and any((each.image.key, each.image.version) == asked for each in batch.questions)
    ]


def _reason(evidence: Evidence, before: Call, after: Call) -> str:
    """Why the answer to the one was not there for the other."""
    if before.manner == LOST:
        return ON_THE_WAY
    first, second = _batches(evidence, before), _batches(evidence, after)
    if any(each.error for each in first):
        return KILLED
    if any(each.begun < (other.ended or 0) and each is not other for each in second for other in first):
        return AT_ONCE
    return ""


def _erased(evidence: Evidence, before: list[Call], after: Call) -> str:
    """Of several that asked at once it is the last to keep its answer whose image takes it along."""
    ids = {evidence.heard[each.key, each.version].image_id for each in before}
    return ERASED if any(evidence.promises.erasing.get(each, math.inf) < after.at for each in ids) else ""


def _counted(evidence: Evidence) -> Iterator[Account]:
    """Each answer that is kept was counted once; a worker that was killed may have counted its batch not at all."""
    kept = [*evidence.standing.values(), *(each for earlier in evidence.earlier.values() for each in earlier)]
    wanted = [name for entry in kept for name in counters(entry)]
    uncounted = [name for entry in kept if _broken(evidence, entry) for name in counters(entry)]
    for name in ("uploads", "recognized", "rejected", "reused", "rekognition_calls"):
        account = Account(f"counted as {name}", wanted.count(name), evidence.usage.get(name, 0))
        over = account.found - account.expected
        erased = _most(evidence, name)
        if over < 0:
            account.because("uncounted, for the worker was killed", min(-over, uncounted.count(name)))
        elif over > 0:
            account.because("of images erased since", min(over, erased))
        account.unexplained += [f"one too {'many' if over > 0 else 'few'}"] * (
            abs(over) - sum(account.explained.values())
        )
        yield account


def _broken(evidence: Evidence, entry: Entry) -> bool:
    asked = (batch for batch in evidence.recognised if batch.error)
    return any(each.key == entry.key and each.order == entry.order for batch in asked for each in batch.questions)


def _most(evidence: Evidence, name: str) -> int:
    """How often erased images may have been counted: no more than there were questions about them."""
    orders = {
        (each.key, each.order)
        for batch in evidence.recognised
        for each in batch.questions
        if each.image.image_id in evidence.promises.erased and not (name == "uploads" and each.request)
    }
    return len(orders)
