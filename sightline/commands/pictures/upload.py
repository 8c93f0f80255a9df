"""`sightline upload`."""

import sys
from argparse import Namespace
from typing import Any

from sightline.client.api import Api
from sightline.commands.pictures.batch import Batch, Upload
from sightline.commands.pictures.sources import find
from sightline.output import tables as display
from sightline.output.progress import bar

_OPTIONS = ("detector", "model", "top_k", "min_confidence")


def upload(api: Api, given: Namespace) -> int:
    """Send pictures, wait for their answers where asked to, and show what came of each."""
    sources = find(given.sources)
    options = {name: getattr(given, name) for name in _OPTIONS if getattr(given, name) is not None}
    batch = Batch(api, sources, options, given.parallel)
    try:
        with bar("Sending", len(sources)) as tell:
            batch.send(tell)
        if given.wait:
            with bar("Waiting", sum(not each.problem for each in batch.uploads)) as tell:
                batch.wait(given.timeout, tell)
    except KeyboardInterrupt:
        batch.stop()
        _say_what_was_sent(batch, len(sources))
        raise
    finally:
        _show(batch.uploads, machine=given.json)
    return int(any(each.problem for each in batch.uploads))


def _say_what_was_sent(batch: Batch, total: int) -> None:
    sent = sum(bool(each.image) for each in batch.uploads)
    unsure = sorted(source.given for source in batch.under_way.copy())
    print(f"\nInterrupted: {sent} of {total} sent.", file=sys.stderr)
    if unsure:
        print(display.plain(f"These may have arrived: {', '.join(unsure)}"), file=sys.stderr)


def _show(uploads: list[Upload], *, machine: bool) -> None:
    if machine:
        for each in uploads:
            display.machine_line(_record(each))
        return
    rows = [(each.image["image_id"], *display.seen(each.image), each.source.given) for each in uploads if each.image]
    display.table(("image_id", "label", "confidence", "picture"), rows)
    for each in uploads:
        if each.problem:
            display.complaint(each.source.given, each.problem)


def _record(upload: Upload) -> dict[str, Any]:
    image = dict(upload.image or {"status": "failed"})
    return {"source": upload.source.given} | image | ({"error": upload.problem.to_dict()} if upload.problem else {})
