"""`sightline show`."""

from argparse import Namespace

from sightline.client.client import Client
from sightline.client.schemas.image import Image
from sightline.commands.arguments import Commands, add_image_ids, add_min_confidence, add_top_k
from sightline.commands.images.per_image import per_image
from sightline.output.details import print_details


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add("show", show, "show images with all of their detections", "img_01a1… --top-k 3")
    add_image_ids(parser)
    add_top_k(parser)
    add_min_confidence(parser)


def show(client: Client, arguments: Namespace) -> int:
    """Print everything that the API returns about each image."""

    def get(image_id: str) -> Image:
        return client.images.get(image_id, top_k=arguments.top_k, min_confidence=arguments.min_confidence)

    return per_image(arguments, get, print_details)
