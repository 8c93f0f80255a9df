"""The accounts of what was recognised: objects, answers, the rows that find them, what was counted."""

from collections.abc import Iterator

from recognition.results.runtime import index_rows
from tests.chaos.ledger.account import Account
from tests.chaos.ledger.evidence import Evidence, Version
from tests.chaos.plan.pictures import known_as

ERASED = "of an image erased since"


def accounts(evidence: Evidence) -> Iterator[Account]:
    """One after the other."""
    yield _objects(evidence)
    yield _events(evidence)
    yield _answers(evidence)
    yield _wishes(evidence)
    yield _earlier(evidence)
    yield _found(evidence)
    yield _erasures(evidence)


def _objects(evidence: Evidence) -> Account:
    """Each upload that was acknowledged is one version of one object, unless its image was erased."""
    account = Account("objects of acknowledged uploads", 0, len(evidence.stored))
    gone = [each for each in evidence.heard.values() if (each.key, each.version) not in evidence.stored]
    lost = {(each.key, each.content) for each in gone if each.image_id in evidence.promises.erased}
    for key, numbers in evidence.promises.puts.items():
        account.expected += len(numbers)
        there = sorted(content for (of, _), content in evidence.stored.items() if of == key)
        missing = [each for each in map(known_as, numbers) if each not in there]
        account.because(ERASED, sum((key, each) in lost for each in missing))
        account.unexplained += [f"missing: {key} {each}" for each in missing if (key, each) not in lost]
        account.unexplained += [f"not expected: {key} {each}" for each in there if each not in map(known_as, numbers)]
    return account


def _events(evidence: Evidence) -> Account:
    """Recognise was told of each version."""
    heard = evidence.heard.keys() & evidence.stored.keys()
    return Account.comparing("versions that recognise heard of", evidence.stored, heard)


def _answers(evidence: Evidence) -> Account:
    """Each image that is there has one answer that stands, about its newest version; nothing else has one."""
    newest = {image_id: each.version for image_id, each in _newest(evidence).items()}
    stands = {image_id: entry.image.version for image_id, entry in evidence.standing.items()}
    return Account.comparing("images with one current answer", newest.items(), stands.items())


def _newest(evidence: Evidence) -> dict[str, Version]:
    found: dict[str, Version] = {}
    for place, each in evidence.heard.items():
        known = found.get(each.image_id)
        if place in evidence.stored and (known is None or known.sequencer < each.sequencer):
            found[each.image_id] = each
    return found


def _wishes(evidence: Evidence) -> Account:
    """Each wish to look again has its answer, as the one that stands or beside it."""
    kept = [*evidence.standing.values(), *(each for earlier in evidence.earlier.values() for each in earlier)]
    wanted = {name for name, image_id in evidence.promises.requests.items() if image_id not in evidence.promises.erased}
    account = Account.comparing(
        "wishes to look again, answered", wanted, (each.request for each in kept if each.request)
    )
    account.expected = len(evidence.promises.requests)
    account.because(ERASED, account.expected - len(wanted))
    return account


def _earlier(evidence: Evidence) -> Account:
    """Earlier answers: each version or wish once, as many as the row counts, none newer than what stands."""
    account = Account("earlier answers", 0, sum(map(len, evidence.earlier.values())))
    for image_id, entry in evidence.standing.items():
        account.expected += entry.earlier
        orders = [each.order for each in evidence.earlier.get(image_id, ())]
        if len(orders) != entry.earlier:
            account.unexplained.append(f"{image_id}: {len(orders)} earlier answers, counted {entry.earlier}")
        if len({*orders, entry.order}) != len(orders) + 1:
            account.unexplained.append(f"{image_id}: one question has two answers")
        if any(each.image.sequencer > entry.image.sequencer for each in evidence.earlier.get(image_id, ())):
            account.unexplained.append(f"{image_id}: a newer answer lies among the earlier ones")
    strays = evidence.earlier.keys() - evidence.standing.keys()
    account.unexplained += [f"{image_id}: earlier answers without one that stands" for image_id in strays]
    return account


def _found(evidence: Evidence) -> Account:
    """The rows that find images are just those of what stands."""
    rows = {(place, name) for name, entry in evidence.standing.items() for place in index_rows.found_by(entry)}
    return Account.comparing("rows that find images", rows, evidence.index)


def _erasures(evidence: Evidence) -> Account:
    """Of each erased image nothing is left but the mark that it was."""
    account = Account.comparing("erased images", evidence.promises.erased, evidence.marks)
    said = {each["image_id"]["S"] for each in (*evidence.answers, *evidence.recognitions) if "said" in each}
    found = said | {image_id for _, image_id in evidence.index}
    account.unexplained += [f"rows are left of {each}" for each in evidence.promises.erased if each in found]
    return account
