"""`sightline upload`."""

from argparse import Namespace

from sightline.client.client import Client
from sightline.client.schemas.queries import Options
from sightline.commands.arguments import (
    Commands,
    add_detector,
    add_min_confidence,
    add_model,
    add_pictures,
    add_timeout,
    add_top_k,
)
from sightline.commands.pictures.batch import Batch
from sightline.commands.pictures.sources import find_sources
from sightline.commands.pictures.totals import print_totals
from sightline.commands.pictures.uploads import print_interruption, print_uploads, upload_label
from sightline.output.progress import bar


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


def upload(client: Client, arguments: Namespace) -> int:
    """Send pictures, wait for their outcomes with `--wait`, and print the result of each."""
    sources = find_sources(arguments.pictures)
    options = Options(
        detector=arguments.detector,
        model=arguments.model,
        top_k=arguments.top_k,
        min_confidence=arguments.min_confidence,
    )
    batch = Batch(client, sources.found, options, arguments.parallel)
    try:
        with bar("Sending", len(sources.found)) as advance:
            batch.send(advance)
        if arguments.wait:
            with bar("Waiting", sum(not upload.problem for upload in batch.uploads)) as advance:
                batch.wait(arguments.timeout, advance)
    except KeyboardInterrupt:
        batch.stop()
        print_interruption(batch, len(sources.found))
        raise
    finally:
        print_uploads(batch.uploads, machine=arguments.json)
    print_totals(sources, map(upload_label, batch.uploads), machine=arguments.json)
    return int(any(upload.problem for upload in batch.uploads))
