"""`sightline correct`."""

from argparse import Namespace

from sightline.client.client import Client
from sightline.client.problem import Problem
from sightline.commands.arguments import Commands
from sightline.output.json_lines import print_json
from sightline.output.text import print_line


def register(commands: Commands) -> None:
    """Add the command."""
    about = "store the labels that you give an image, beside its recognition"
    parser = commands.add("correct", correct, about, "img_01a1… cat")
    parser.add_argument("image_id")
    parser.add_argument("labels", nargs="*", metavar="label")
    parser.add_argument("--nothing", action="store_true", help="give the image no label")


def correct(client: Client, arguments: Namespace) -> int:
    """Store a correction and print its labels."""
    if not arguments.labels and not arguments.nothing:
        raise Problem("no_labels", "Name the labels of the image, or pass --nothing.")
    correction = client.images.correct(arguments.image_id, arguments.labels)
    if arguments.json:
        print_json(correction)
    else:
        print_line(f"{correction['image_id']}  {', '.join(correction['labels']) or 'nothing'}")
    return 0
