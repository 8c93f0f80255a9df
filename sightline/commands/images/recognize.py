"""`sightline recognize`."""

from argparse import Namespace

from sightline.client.client import Client
from sightline.client.resources.waiting import rejection
from sightline.client.schemas.changes import QueuedRequest
from sightline.client.schemas.image import Image
from sightline.commands.arguments import Commands, add_detector, add_image_ids, add_model, add_timeout
from sightline.commands.images.per_image import per_image
from sightline.output.summary import summarize
from sightline.output.text import print_line


def register(commands: Commands) -> None:
    """Add the command."""
    about = "request that images are recognized again; earlier outcomes are kept"
    parser = commands.add("recognize", recognize, about, "img_01a1…")
    add_detector(parser)
    add_model(parser)
    parser.add_argument("--wait", action="store_true", help="wait for the outcomes and show them")
    add_timeout(parser)
    add_image_ids(parser)


def recognize(client: Client, arguments: Namespace) -> int:
    """Request another recognition of each image, and wait for the outcomes with `--wait`."""

    def request(image_id: str) -> QueuedRequest:
        return client.images.recognize(image_id, detector=arguments.detector, model=arguments.model)

    def request_and_wait(image_id: str) -> Image:
        image = client.images.wait_for_request(request(image_id), timeout=arguments.timeout)
        if problem := rejection(image):
            raise problem
        return image

    if arguments.wait:
        return per_image(arguments, request_and_wait, _print_outcome)
    return per_image(arguments, request, _print_request)


def _print_request(queued: QueuedRequest) -> None:
    print_line(f"{queued['image_id']}  {queued['status']}")


def _print_outcome(image: Image) -> None:
    print_line(f"{image['image_id']}  {' '.join(summarize(image))}")
