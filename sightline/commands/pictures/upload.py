"""`sightline upload`."""

import sys
from argparse import Namespace

from sightline.client.api import Api
from sightline.commands.arguments import (
    Commands,
    add_detector,
    add_min_confidence,
    add_model,
    add_pictures,
    add_timeout,
    add_top_k,
)
from sightline.commands.pictures.batch import Batch, Upload
from sightline.commands.pictures.sources import find_sources
from sightline.output.json_lines import print_json
from sightline.output.progress import bar
from sightline.output.summary import summarize
from sightline.output.tables import print_table
from sightline.output.text import print_problem, printable

_OPTIONS = ("detector", "model", "top_k", "min_confidence")


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add("upload", upload, "send files, folders and URLs to be recognized", "holiday/ --wait")
    add_pictures(parser, "a file of up to 15 MiB, a folder to search for pictures, or a URL")
    add_detector(parser)
    add_model(parser)
    add_top_k(parser)
    add_min_confidence(parser)
    parser.add_argument("--wait", action="store_true", help="wait for the outcomes and show them")
    add_timeout(parser)


def upload(api: Api, arguments: Namespace) -> int:
    """Send pictures, wait for their outcomes with `--wait`, and print the result of each."""
    sources = find_sources(arguments.pictures)
    options = {name: value for name in _OPTIONS if (value := getattr(arguments, name)) is not None}
    batch = Batch(api, sources, options, arguments.parallel)
    try:
        with bar("Sending", len(sources)) as advance:
            batch.send(advance)
        if arguments.wait:
            with bar("Waiting", sum(not upload.problem for upload in batch.uploads)) as advance:
                batch.wait(arguments.timeout, advance)
    except KeyboardInterrupt:
        batch.stop()
        _print_interruption(batch, len(sources))
        raise
    finally:
        _print_uploads(batch.uploads, machine=arguments.json)
    return int(any(upload.problem for upload in batch.uploads))


def _print_interruption(batch: Batch, total: int) -> None:
    sent = sum(bool(upload.image) for upload in batch.uploads)
    uncertain = sorted(source.argument for source in batch.in_flight.copy())
    print(f"\nInterrupted: {sent} of {total} sent.", file=sys.stderr)
    if uncertain:
        print(printable(f"These pictures may have arrived: {', '.join(uncertain)}"), file=sys.stderr)


def _print_uploads(uploads: list[Upload], *, machine: bool) -> None:
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
