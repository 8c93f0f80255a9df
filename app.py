"""Compose the stacks in dependency order from the settings, and have cdk-nag check them."""

import sys

import aws_cdk as cdk

from api.infrastructure import APIStack
from infrastructure.nag_suppressions import review
from infrastructure.stacks import stack_options
from integration.infrastructure import IntegrationStack
from openapi.document import document
from openapi.rooms import rooms
from recognition.infrastructure import RekognitionStack
from settings import Settings, SettingsError


def compose(app: cdk.App) -> None:
    """Add the three stacks to the app, by the settings in its context; raises SettingsError."""
    settings = Settings.from_context(app.node.get_all_context())
    for key, value in settings.tags.items():
        cdk.Tags.of(app).add(key, value)
    description = document(rooms(), auth=settings.auth, detectors=settings.detectors)
    api = APIStack(app, "APIStack", settings=settings, description=description, **stack_options("APIStack", settings))
    recognition = RekognitionStack(
        app, "RekognitionStack", settings=settings, api=api.resources, **stack_options("RekognitionStack", settings)
    )
    IntegrationStack(
        app,
        "IntegrationStack",
        settings=settings,
        api=api.resources,
        recognition=recognition.resources,
        **stack_options("IntegrationStack", settings),
    )
    review(app, settings)


if __name__ == "__main__":
    app = cdk.App()
    try:
        compose(app)
    except SettingsError as error:
        sys.exit(f"error: {error}")
    app.synth()
