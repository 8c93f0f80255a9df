"""`sightline webhooks`, the group of the commands about webhooks and their deliveries."""

from sightline.commands.arguments import Commands
from sightline.commands.webhooks import add, change, delete, show
from sightline.commands.webhooks import list as list_webhooks
from sightline.commands.webhooks.deliveries import list as list_deliveries
from sightline.commands.webhooks.deliveries import replay, test
from sightline.commands.webhooks.deliveries import show as show_delivery

_COMMANDS = (add, list_webhooks, show, change, delete, list_deliveries, show_delivery, test, replay)


def register(commands: Commands) -> None:
    """Add the group with its commands."""
    group = commands.group("webhooks", "register webhooks and read the log of their deliveries")
    for command in _COMMANDS:
        command.register(group)
