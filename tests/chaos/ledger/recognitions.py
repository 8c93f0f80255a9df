"""The accounts of recognitions: objects, outcomes, index rows and erasures."""

from collections.abc import Iterator

from recognition.results.runtime import index_rows
from tests.chaos.ledger.account import ERASED_SINCE, Account
from tests.chaos.ledger.evidence import Evidence, Version
from tests.chaos.plan.pictures import etag_and_size


def accounts(evidence: Evidence) -> Iterator[Account]:
    """Yield the accounts in order."""
    yield _objects(evidence)
    yield _events(evidence)
    yield _outcomes(evidence)
    yield _requests(evidence)
    yield _earlier(evidence)
    yield _found(evidence)
    yield _erasures(evidence)


def _objects(evidence: Evidence) -> Account:
    """Compare acknowledged uploads with the versions in S3; the versions of erased images are gone."""
    account = Account("objects of acknowledged uploads", 0, len(evidence.stored))
    gone = [version for version in evidence.received.values() if (version.key, version.version) not in evidence.stored]
    lost = {(version.key, version.content) for version in gone if version.image_id in evidence.acknowledged.erased}
    for key, numbers in evidence.acknowledged.puts.items():
        account.expected += len(numbers)
        there = sorted(content for (of, _), content in evidence.stored.items() if of == key)
        missing = [content for content in map(etag_and_size, numbers) if content not in there]
        account.explain(ERASED_SINCE, sum((key, content) in lost for content in missing))
        account.unexplained += [f"missing: {key} {content}" for content in missing if (key, content) not in lost]
        account.unexplained += [
            f"not expected: {key} {content}" for content in there if content not in map(etag_and_size, numbers)
        ]
    return account


def _events(evidence: Evidence) -> Account:
    """Compare the versions in S3 with those whose events recognize received."""
    received = evidence.received.keys() & evidence.stored.keys()
    return Account.comparing("versions that recognize received", evidence.stored, received)


def _outcomes(evidence: Evidence) -> Account:
    """Compare the newest version of each image with the version of its current outcome."""
    newest = {image_id: version.version for image_id, version in _newest(evidence).items()}
    current = {image_id: entry.image.version for image_id, entry in evidence.current.items()}
    return Account.comparing("images with one current outcome", newest.items(), current.items())


def _newest(evidence: Evidence) -> dict[str, Version]:
    found: dict[str, Version] = {}
    for address, version in evidence.received.items():
        known = found.get(version.image_id)
        if address in evidence.stored and (known is None or known.sequencer < version.sequencer):
            found[version.image_id] = version
    return found


def _requests(evidence: Evidence) -> Account:
    """Compare the requests to recognize again with the outcomes that carry a request."""
    wanted = {
        name
        for name, image_id in evidence.acknowledged.requests.items()
        if image_id not in evidence.acknowledged.erased
    }
    account = Account.comparing(
        "requests to recognize again", wanted, (entry.request for entry in evidence.outcomes if entry.request)
    )
    account.expected = len(evidence.acknowledged.requests)
    account.explain(ERASED_SINCE, account.expected - len(wanted))
    return account


def _earlier(evidence: Evidence) -> Account:
    """Count the earlier outcomes: one for each version or request, as many as the row says, none newer than it."""
    account = Account("earlier outcomes", 0, sum(map(len, evidence.earlier.values())))
    for image_id, entry in evidence.current.items():
        account.expected += entry.earlier
        orders = [older.order for older in evidence.earlier.get(image_id, ())]
        if len(orders) != entry.earlier:
            account.unexplained.append(f"{image_id}: {len(orders)} earlier outcomes, counted {entry.earlier}")
        if len({*orders, entry.order}) != len(orders) + 1:
            account.unexplained.append(f"{image_id}: one request has two outcomes")
        if any(older.image.sequencer > entry.image.sequencer for older in evidence.earlier.get(image_id, ())):
            account.unexplained.append(f"{image_id}: an earlier outcome is newer")
    strays = evidence.earlier.keys() - evidence.current.keys()
    account.unexplained += [f"{image_id}: earlier outcomes without a current one" for image_id in strays]
    return account


def _found(evidence: Evidence) -> Account:
    """Compare the index rows with those of the current outcomes."""
    rows = {
        (found_by, image_id)
        for image_id, entry in evidence.current.items()
        for found_by in index_rows.partitions(entry)
    }
    return Account.comparing("rows that find images", rows, evidence.index)


def _erasures(evidence: Evidence) -> Account:
    """Compare erased images with their marks; nothing else may be left of them."""
    account = Account.comparing("erased images", evidence.acknowledged.erased, evidence.marks)
    marked = {row["image_id"]["S"] for row in evidence.recognitions if "body" in row}
    stored = marked | {row["image_id"]["S"] for row in evidence.earlier_and_cached}
    found = stored | {image_id for _, image_id in evidence.index}
    account.unexplained += [
        f"rows are left of {image_id}" for image_id in evidence.acknowledged.erased if image_id in found
    ]
    return account
