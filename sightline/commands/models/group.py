"""`sightline models`, the group of the commands about models; alone it lists them."""

from sightline.commands.arguments import Commands
from sightline.commands.models import add
from sightline.commands.models import list as list_models


def register(commands: Commands) -> None:
    """Add the group with its commands."""
    about = "list the models that a request may name, or add one of your own"
    group = commands.group("models", about, list_models.list_models)
    list_models.register(group)
    add.register(group)
