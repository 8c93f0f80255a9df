"""What the recognise function exists for: look up, ask, keep, announce; in that order a repeat loses nothing."""

from collections.abc import Callable, Mapping, Sequence

from domain.clock import now, rfc3339
from domain.entry import Entry, Outcome
from domain.event import Event
from domain.image import Image
from domain.options import Options
from domain.recognition import Rejection
from recognition.runtime.recognitions import Recognitions

OptionsOf = Callable[[Sequence[Image]], Mapping[Image, Options | Rejection]]
Ask = Callable[[Mapping[Image, Options]], Mapping[Image, Outcome]]
Announce = Callable[[Sequence[Event]], set[str]]


def recognize(
    images: Sequence[Image],
    perhaps_known: Sequence[Image],
    recognitions: Recognitions,
    options_of: OptionsOf,
    ask: Ask,
    announce: Announce,
) -> set[Image]:
    """Answer the images that are finished with; the others are worth another try.

    Of those `perhaps_known`, one whose very version is kept already is only announced again: the crash may have
    come between the two. One of which a newer version is kept is finished with. To look up the others would
    cost more than to ask about a rare one again: no kept answer is written over, and its event keeps its id.
    """
    kept = recognitions.of(perhaps_known)
    standing = {image: kept[key] for image in images if (key := (image.owner, image.image_id)) in kept}
    stale = {image for image, entry in standing.items() if entry.image.sequencer > image.sequencer}
    repeated = [entry for image, entry in standing.items() if entry.image.sequencer == image.sequencer]
    known = stale | {entry.image for entry in repeated}
    entries = _entries([image for image in images if image not in known], options_of, ask)
    recognitions.add(entries)
    events = {(event := entry.event()).event_id: (event, entry.image) for entry in (*repeated, *entries)}
    taken = announce([event for event, _ in events.values()])
    return stale | {events[event_id][1] for event_id in taken}


def _entries(images: Sequence[Image], options_of: OptionsOf, ask: Ask) -> list[Entry]:
    looked_up = options_of(images)
    asked = {image: options for image, options in looked_up.items() if isinstance(options, Options)}
    refused = {image: options for image, options in looked_up.items() if isinstance(options, Rejection)}
    outcomes: dict[Image, Outcome] = {**ask(asked), **refused}
    at = rfc3339(now())
    return [Entry(image, outcome, at, asked.get(image, Options())) for image, outcome in outcomes.items()]
