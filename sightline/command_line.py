"""The commands and what each takes."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from typing import Any

from sightline import __version__
from sightline.commands.export import FORMATS, export
from sightline.commands.filters import add_filters
from sightline.commands.images.recognize import correct, delete, recognize
from sightline.commands.images.watch import list_images, show, watch
from sightline.commands.pictures.classify import classify, models
from sightline.commands.pictures.upload import upload
from sightline.commands.stats import stats
from sightline.commands.timeline import timeline
from sightline.commands.webhooks.group import add_webhooks

_MOST_AT_ONCE = 16

_DESCRIPTION = """Send pictures to a Sightline deployment and read what was seen on them.

The deployment is the one named by --api or SIGHTLINE_API, else the one that make run started
in this folder or one above it. Where people sign in, give an access token by SIGHTLINE_TOKEN
(or --token, which other users of this machine can see in the list of processes)."""

_EXAMPLES = """examples:
  sightline upload cat.jpg holiday/ https://example.com/dog.jpg --wait
  sightline upload barn/ --detector edge --model animals@1.0.0 --json
  sightline list --label cat --min-confidence 0.9 --since 2026-11-01
  sightline show img_01a1fa287ea2a27678add6ad9b4a8b27
  sightline export --format coco --status recognized
  sightline classify cat.jpg --top-k 3
  sightline webhooks add https://example.com/hook --label cat

exit status: 0 when all went well, 1 when something failed, 2 for a mistake in the command, 130 after Ctrl-C"""


def parse(arguments: Sequence[str] | None = None) -> Namespace:
    """Read the command line; ends the program where it cannot be understood."""
    parser = ArgumentParser(
        prog="sightline", description=_DESCRIPTION, epilog=_EXAMPLES, formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"sightline {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")
    _upload(commands)
    _reading(commands)
    _exporting(commands)
    _changing(commands)
    _asking(commands)
    add_webhooks(commands, _command)
    return parser.parse_args(arguments)


def _upload(commands: Any) -> None:
    added = _command(commands, "upload", upload, "send files, folders and URLs", "holiday/ --wait")
    _sources(added, "a file of up to 15 MB, a folder that is walked for pictures, or a URL")
    added.add_argument("--detector", help="rekognition, edge or cascade; the deployment's own unless given")
    _wishes(added, model=True)
    added.add_argument("--wait", action="store_true", help="wait for the answers and show them")
    _patience(added)


def _reading(commands: Any) -> None:
    listing = _command(commands, "list", list_images, "your images that have an answer, newest first", "--limit 5")
    listing.add_argument("--limit", type=_positive, default=25, help="how many (25)")
    listing.add_argument("--all", action="store_true", help="all of them")
    listing.add_argument("--top-k", type=int, help="show at most so many detections")
    add_filters(listing)
    showing = _command(commands, "show", show, "one image and all that was seen on it", "img_01a1… --top-k 3")
    showing.add_argument("image_ids", nargs="+", metavar="image_id")
    _wishes(showing)
    hops = _command(commands, "timeline", timeline, "all that happened to an image, and who was told", "img_01a1…")
    hops.add_argument("image_id")
    watching = _command(
        commands, "watch", watch, "wait for the answers of images; without any, tell every new answer", "img_01a1…"
    )
    watching.add_argument("image_ids", nargs="*", metavar="image_id")
    _patience(watching)


def _exporting(commands: Any) -> None:
    added = _command(commands, "export", export, "what is known of your images, as a file", "--format csv cats.csv")
    added.add_argument("file", nargs="?", help="where to (images.json, .csv or .coco.json); numbered if one is too few")
    added.add_argument("--format", choices=FORMATS, default="json", help="json unless given")
    add_filters(added)
    about = "what your days came to: images, calls paid and saved"
    counting = _command(commands, "stats", stats, about, "--since 2026-11-01")
    counting.add_argument("--since", metavar="DAY", help="the first day; thirty days unless given")
    counting.add_argument("--until", metavar="DAY", help="the day after the last")


def _changing(commands: Any) -> None:
    again = _command(commands, "recognize", recognize, "have images recognised again; answers before stay", "img_01a1…")
    again.add_argument("--detector", help="rekognition, edge or cascade; the deployment's own unless given")
    again.add_argument("--model", help="a name that sightline models lists, or name@version")
    again.add_argument("--wait", action="store_true", help="wait for the answers and show them")
    _patience(again)
    saying = _command(commands, "correct", correct, "say what is on an image, beside what was seen", "img_01a1… cat")
    saying.add_argument("image_id")
    saying.add_argument("labels", nargs="*", metavar="label")
    saying.add_argument("--nothing", action="store_true", help="nothing is on it that has a name")
    erasing = _command(commands, "delete", delete, "erase images for good, and show the receipts", "img_01a1…")
    erasing.add_argument("--yes", action="store_true", help="do not ask whether you mean it")
    for added in (again, erasing):
        added.add_argument("image_ids", nargs="+", metavar="image_id")


def _asking(commands: Any) -> None:
    added = _command(commands, "classify", classify, "ask the edge model; nothing is kept", "cat.jpg --model animals")
    _sources(added, "a file of up to 4.5 MB, or a folder")
    _wishes(added, model=True)
    _command(commands, "models", models, "what can be asked for", "")


def _command(commands: Any, name: str, does: Any, about: str, example: str) -> ArgumentParser:
    added: ArgumentParser = commands.add_parser(
        name, help=about, description=f"{about[0].upper()}{about[1:]}.", epilog=f"example: sightline {name} {example}"
    )
    added.set_defaults(command=does, parallel=1)
    added.add_argument("--api", metavar="URL", help="the API's base URL (SIGHTLINE_API)")
    added.add_argument("--token", help="an access token, where people sign in (better: SIGHTLINE_TOKEN)")
    added.add_argument("--json", action="store_true", help="one JSON object a line, for machines")
    return added


def _sources(added: ArgumentParser, about: str) -> None:
    added.add_argument("sources", nargs="+", metavar="picture", help=about)
    added.add_argument("--parallel", type=_at_once, default=4, help=f"how many at once, up to {_MOST_AT_ONCE} (4)")


def _wishes(added: ArgumentParser, *, model: bool = False) -> None:
    if model:
        added.add_argument("--model", help="a name that sightline models lists, or name@version")
    added.add_argument("--top-k", type=int, help="show at most so many detections")
    added.add_argument("--min-confidence", type=float, help="show only detections at least so sure, 0–1")


def _patience(added: ArgumentParser) -> None:
    added.add_argument("--timeout", type=float, default=300.0, help="seconds to wait for answers (300)")


def _positive(text: str) -> int:
    if not (text.isdecimal() and int(text)):
        raise ArgumentTypeError(f"{text!r} is no number of 1 or more")
    return int(text)


def _at_once(text: str) -> int:
    return min(_positive(text), _MOST_AT_ONCE)
