"""The commands that send pictures."""

from sightline.commands.arguments import Commands
from sightline.commands.pictures import classify, upload


def register(commands: Commands) -> None:
    """Add the commands."""
    for command in (upload, classify):
        command.register(commands)
