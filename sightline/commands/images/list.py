"""`sightline list`."""

from argparse import Namespace

from sightline.client.client import Client
from sightline.client.schemas.image import Image
from sightline.commands.arguments import Commands, add_top_k, positive
from sightline.commands.filters import add_filters, filters
from sightline.output.json_lines import print_json
from sightline.output.summary import summarize
from sightline.output.tables import print_table

_HEADINGS = ("image_id", "received", "label", "confidence", "name")


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add("list", list_images, "list your images that have an outcome, newest first", "--limit 5")
    parser.add_argument("--limit", type=positive, default=25, help="the most images to list (default: 25)")
    parser.add_argument("--all", action="store_true", help="list all images")
    add_top_k(parser)
    add_filters(parser)


def list_images(client: Client, arguments: Namespace) -> int:
    """Print the images that have an outcome, newest first."""
    limit = None if arguments.all else arguments.limit
    chosen = filters(arguments)
    chosen["top_k"] = arguments.top_k
    images = client.images.list(limit=limit, **chosen)
    if arguments.json:
        for image in images:
            print_json(image)
    else:
        print_table(_HEADINGS, [_row(image) for image in images])
    return 0


def _row(image: Image) -> tuple[str, ...]:
    received = image["received_at"].replace("T", " ")[:19]
    return (image["image_id"], received, *summarize(image), image["name"])
