"""The command line: every command with its flags and help texts."""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence

from sightline import __version__
from sightline.commands import export, sign_in, stats, timeline
from sightline.commands.arguments import Commands
from sightline.commands.images import group as images
from sightline.commands.models import group as models
from sightline.commands.pictures import group as pictures
from sightline.commands.webhooks import group as webhooks

_COMMANDS = (pictures, images, timeline, export, stats, models, webhooks, sign_in)

_DESCRIPTION = """Send pictures to a Sightline deployment and read the labels that were recognized.

The client calls the deployment that --api or SIGHTLINE_API names, or else the deployment that
make run started in this folder or one above it. If the deployment has sign-in, run sightline login once,
or pass an access token in SIGHTLINE_TOKEN (or --token, which other users of this machine can see in the
process list). Without a command this help is printed."""

_EXAMPLES = """examples:
  sightline upload cat.jpg holiday/ https://example.com/dog.jpg --wait
  sightline upload barn/ --detector edge --model animals@1.0.0 --json
  sightline list --label cat --min-confidence 0.9 --since 2026-11-01
  sightline show img_01a1fa287ea2a27678add6ad9b4a8b27
  sightline export --format coco --status recognized
  sightline classify cat.jpg --top-k 3 --draw
  sightline models add model.onnx --labels labels.txt --name mine
  sightline webhooks add https://example.com/hook --label cat

exit status: 0 for success, 1 if something failed, 2 for a mistake in the command, 130 after Ctrl-C"""


def parse(arguments: Sequence[str] | None = None) -> Namespace:
    """Parse the command line; exits with status 2 and a message if it has a mistake.

    `run` is None where no command is named: then `print_help` prints the help. `passed_on` holds what the command
    passes on to another program.
    """
    parser = ArgumentParser(
        prog="sightline", description=_DESCRIPTION, epilog=_EXAMPLES, formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"sightline {__version__}")
    commands = Commands(parser)
    for command in _COMMANDS:
        command.register(commands)
    parsed, passed_on = parser.parse_known_args(arguments)
    if passed_on and not (parsed.run and parsed.passes_on):
        parser.error(f"unrecognized arguments: {' '.join(passed_on)}")
    parsed.passed_on = passed_on
    return parsed
