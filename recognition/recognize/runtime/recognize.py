"""What the recognise function exists for: look up, ask, keep, let be found, announce; a repeat loses nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from domain.clock import now, rfc3339
from domain.event import Event
from domain.image import Image
from domain.options import Options
from domain.recognition import Outcome, Rejection
from recognition.recognize.runtime.request import Question
from recognition.recognize.runtime.usage import Usage
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.history import History
from recognition.results.runtime.indexer import Indexing
from recognition.results.runtime.recognitions import Recognitions, Standing
from recognition.results.runtime.result_cache import Memory, keys

Asked = Mapping[Image, Options | Rejection]
OptionsOf = Callable[[Sequence[Question]], Asked]
Ask = Callable[[Mapping[Image, Options]], Mapping[Image, Outcome]]
Announce = Callable[[Sequence[Event]], set[str]]


@dataclass(frozen=True)
class Books:
    """Where answers are kept, put aside, found, remembered and counted."""

    recognitions: Recognitions
    history: History
    indexing: Indexing
    memory: Memory
    usage: Usage


@dataclass(frozen=True, slots=True)
class Told:
    """An answer to announce: whether it was given just now, and whether it is the one that stands."""

    entry: Entry
    new: bool
    stands: bool


def recognize(
    questions: Sequence[Question], books: Books, options_of: OptionsOf, default: str, ask: Ask, announce: Announce
) -> set[Question]:
    """Answer the questions that are finished with, no two of one image; the others are worth another try.

    One whose answer is kept is only let be found and announced again: a crash may have come before that.
    """
    asked = options_of(questions)
    standing = _recall(asked, books, default)
    known = [each for each in questions if each.image in asked]
    told = {each: said for each in known if (said := _kept(each, standing, books.history))}
    over = {each for each in known if each not in told and _is_over(each, standing)}
    newer = [stands for each in known if _is_late(each, over, told) and (stands := standing.get(each.key))]
    entries = _entries([each for each in known if each not in told and each not in over], asked, ask, books.memory)
    stood = books.recognitions.add(list(entries.values()), standing)
    given = {each: _told(entry, stands) for (each, entry), stands in zip(entries.items(), stood, strict=True)}
    over |= {each for each, said in given.items() if said is None}
    told |= {each: said for each, said in given.items() if said}
    return over | _let_be_found(told, newer, books, announce)


def _recall(asked: Asked, books: Books, default: str) -> Standing:
    """What stands of the images; and what is known of their bytes, for who will be asked."""
    options = {image: each for image, each in asked.items() if isinstance(each, Options)}
    standing, known = books.recognitions.look_up(asked, keys(options, default))
    books.memory.recall(known)
    return standing


def _kept(question: Question, standing: Standing, history: History) -> Told | None:
    """The answer that is kept already, as the one that stands or beside a newer one."""
    stands = standing.get(question.key)
    if stands is None or stands.order < question.order:
        return None
    if stands.order == question.order:
        return Told(stands, new=False, stands=True)
    earlier = history.newest(stands) if question.request else []
    return next((Told(each, new=False, stands=False) for each in earlier if each.order == question.order), None)


def _is_over(question: Question, standing: Standing) -> bool:
    """Whether the image was erased or has a newer version; what somebody asked for is kept beside a newer one."""
    if question.key not in standing:
        return False
    stands = standing[question.key]
    return stands is None or (stands.order > question.order and not question.request)


def _is_late(question: Question, over: set[Question], told: Mapping[Question, Told]) -> bool:
    """Whether another answer stands already.

    Whoever gave an earlier one may have died on having it found, after the later one was: what stands is settled again.
    """
    return question in over or (question in told and not told[question].stands)


def _entries(questions: Sequence[Question], asked: Asked, ask: Ask, memory: Memory) -> dict[Question, Entry]:
    images = {each.image: each for each in questions}
    outcomes: dict[Image, Outcome] = {
        image: asked_for for image in images if isinstance(asked_for := asked[image], Rejection)
    }
    options = {image: asked_for for image in images if isinstance(asked_for := asked[image], Options)}
    outcomes |= ask(options)
    at = rfc3339(now())
    return {
        (question := images[image]): Entry(
            image,
            outcome,
            at,
            options.get(image, Options()),
            tries=question.tries,
            request=question.request,
            reused_from=memory.source(image, outcome),
        )
        for image, outcome in outcomes.items()
    }


def _told(entry: Entry, stands: Entry | None) -> Told | None:
    """What to announce of an entry that was to be kept, by what stands now; nothing if it came too late."""
    if stands and stands.order == entry.order:
        return Told(stands, new=stands.outcome is entry.outcome, stands=True)
    return Told(entry, new=True, stands=False) if stands and entry.request else None


def _let_be_found(
    told: Mapping[Question, Told], newer: Sequence[Entry], books: Books, announce: Announce
) -> set[Question]:
    """Index, count and announce the answers; the questions of those that were announced, or erased meanwhile."""
    new = [said.entry for said in told.values() if said.new]
    learned = books.memory.learned(each.image.image_id for each in new)
    erased = books.indexing.settle([*newer, *(said.entry for said in told.values() if said.stands)], learned)
    books.usage.count(new)
    events = {each: said.entry.event() for each, said in told.items() if each.key not in erased}
    taken = announce(list(events.values()))
    return {each for each in told if each.key in erased or events[each].event_id in taken}
