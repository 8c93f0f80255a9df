"""The output of `sightline upload`."""

import sys

from sightline.commands.pictures.batch import Batch, Upload
from sightline.commands.pictures.totals import FAILED
from sightline.output.json_lines import print_json
from sightline.output.summary import summarize
from sightline.output.tables import print_table
from sightline.output.text import print_problem, printable


def print_interruption(batch: Batch, total: int) -> None:
    """Print how many pictures were sent, and those that may have arrived."""
    sent = sum(bool(upload.image) for upload in batch.uploads)
    uncertain = sorted(source.argument for source in batch.in_flight.copy())
    print(f"\nInterrupted: {sent} of {total} sent.", file=sys.stderr)
    if uncertain:
        print(printable(f"These pictures may have arrived: {', '.join(uncertain)}"), file=sys.stderr)


def print_uploads(uploads: list[Upload], *, machine: bool) -> None:
    """Print one JSON object for each picture, or a table and the problems."""
    if machine:
        for upload in uploads:
            print_json(_record(upload))
        return
    rows = [
        (upload.image["image_id"], *summarize(upload.image), upload.source.argument)
        for upload in uploads
        if upload.image
    ]
    print_table(("image_id", "label", "confidence", "picture"), rows)
    for upload in uploads:
        if upload.problem:
            print_problem(upload.source.argument, upload.problem)


def _record(upload: Upload) -> dict[str, object]:
    image: dict[str, object] = {**upload.image} if upload.image else {"status": "failed"}
    error = {"error": upload.problem.to_dict()} if upload.problem else {}
    return {"source": upload.source.argument} | image | error


def upload_label(upload: Upload) -> str:
    """Return the best label of a picture, or what became of it instead."""
    return summarize(upload.image).label if upload.image else FAILED
