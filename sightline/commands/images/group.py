"""The commands about images that the deployment has."""

from sightline.commands.arguments import Commands
from sightline.commands.images import correct, delete, recognize, show, watch
from sightline.commands.images import list as list_images

_COMMANDS = (list_images, show, watch, recognize, correct, delete)


def register(commands: Commands) -> None:
    """Add the commands."""
    for command in _COMMANDS:
        command.register(commands)
