"""Recognizing a batch: look up, ask the detectors, store, index, count, publish. A repeated message is safe."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from domain.options import Options
from recognition.recognize.runtime.entries import DetectorAccess, OptionsByImage, new_entries
from recognition.recognize.runtime.request import RecognitionRequest
from recognition.recognize.runtime.stores import Stores
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.history import History
from recognition.results.runtime.publish import Publish
from recognition.results.runtime.result_cache import Pointer, cache_keys, cache_rows
from recognition.results.runtime.storing.additions import CurrentEntries


class StoredEntry(NamedTuple):
    """A stored entry to publish. `new`: this batch has stored it; `current`: it is the image's current entry."""

    entry: Entry
    new: bool
    current: bool


def recognize(
    requests: Sequence[RecognitionRequest], stores: Stores, detectors: DetectorAccess, publish: Publish
) -> set[RecognitionRequest]:
    """Store, index, count and publish a result for each request; return the finished requests.

    No two requests may be about the same image. Unfinished requests may be tried again. The stored result of a repeated
    request is re-indexed and re-published, but not counted again.
    """
    options = detectors.read_options(requests)
    readable = [request for request in requests if request.image in options]
    current = _look_up(options, stores, detectors.default)
    results = {request: found for request in readable if (found := _stored(request, current, stores.history))}
    outdated = {request for request in readable if request not in results and _is_outdated(request, current)}
    overtaken = [request for request in readable if request in outdated or _is_earlier(results.get(request))]
    newer = [entry for request in overtaken if (entry := current.get(request.key))]
    pending = [request for request in readable if request not in results and request not in outdated]
    entries = new_entries(pending, options, detectors, stores.cache)
    # Race: since the look-up, another delivery of the same request, a newer request or an erasure may have written the
    # row. `add` never replaces a newer entry, and returns the entries that are current now: if another worker has
    # stored an entry of the same request, that one is published: the same event. A request that is too late is done.
    # An entry that could not be stored leaves its request unfinished.
    current_now = stores.recognitions.add(list(entries.values()), current)
    for request, entry in entries.items():
        if request.key not in current_now:
            continue
        if added := _added(entry, current_now[request.key]):
            results[request] = added
        else:
            outdated.add(request)
    return outdated | _index_and_publish(results, newer, stores, publish)


def _look_up(options: OptionsByImage, stores: Stores, default: str) -> CurrentEntries:
    """Read the images' current entries, and load the cached results for their bytes, if there are any."""
    wanted = {image: read for image, read in options.items() if isinstance(read, Options)}
    found = stores.recognitions.look_up(options, cache_keys(wanted, default))
    stores.cache.load(stores.recognitions.pointed_at(list(map(Pointer.from_item, found.cached))))
    return found.current


def _stored(request: RecognitionRequest, current: CurrentEntries, history: History) -> StoredEntry | None:
    """Return the entry that an earlier delivery of the request has stored, None if there is none."""
    entry = current.get(request.key)
    if entry is None or (entry.order < request.order and not request.request):
        return None
    if entry.order == request.order:
        return StoredEntry(entry, new=False, current=True)
    earlier = history.newest(entry) if request.request else []  # a rejected request is among them, although newer
    return next((StoredEntry(old, new=False, current=False) for old in earlier if old.order == request.order), None)


def _is_outdated(request: RecognitionRequest, current: CurrentEntries) -> bool:
    """Return whether the image is erased, or has a newer version than the upload that the request is about."""
    if request.key not in current:
        return False
    entry = current[request.key]
    return entry is None or (entry.order > request.order and not request.request)


def _is_earlier(result: StoredEntry | None) -> bool:
    """Return whether a stored result is an earlier entry.

    Its worker may have died after the newer entry was indexed, so the current entry is indexed again.
    """
    return result is not None and not result.current


def _added(entry: Entry, current: Entry | None) -> StoredEntry | None:
    """Return the entry to publish after the write of `entry`, None if its request came too late."""
    if current and current.order == entry.order:
        return StoredEntry(current, new=current.outcome is entry.outcome, current=True)
    return StoredEntry(entry, new=True, current=False) if current and entry.request else None


def _index_and_publish(
    results: Mapping[RecognitionRequest, StoredEntry], newer: Sequence[Entry], stores: Stores, publish: Publish
) -> set[RecognitionRequest]:
    """Index, count and publish the results; return the requests that are published or whose image is erased.

    `newer` are current entries to index again.
    """
    # Race: the function may die between any two of these writes. The message then comes again and finds its entry
    # stored: index rows and event are written again with the same keys and the same event ID. Only counters would add
    # up, so only new entries are counted: a crash before that counts too little, never twice.
    new = [result.entry for result in results.values() if result.new]
    current = [result.entry for result in results.values() if result.current]
    erased = stores.indexer.reindex([*newer, *current], cache_rows(current))
    stores.usage.count(new)
    events = {request: result.entry.event() for request, result in results.items() if request.key not in erased}
    accepted = publish(list(events.values()))
    return {request for request in results if request.key in erased or events[request].event_id in accepted}
