"""Compose the stacks in dependency order from the settings, and have cdk-nag check them."""

import os
import sys

import aws_cdk as cdk

from api.infrastructure import APIStack
from infrastructure.nag_suppressions import review
from integration.infrastructure import IntegrationStack
from openapi.document import document
from openapi.rooms import rooms
from recognition.infrastructure import RekognitionStack
from settings import Settings, SettingsError


def compose(app: cdk.App) -> None:
    """Add the three stacks to the app, by the settings in its context; raises SettingsError."""
    settings = Settings.from_context(app.node.try_get_context)
    for key, value in settings.tags.items():
        cdk.Tags.of(app).add(key, value)
    description = document(rooms(), auth=settings.auth, detectors=settings.detectors)
    api = APIStack(app, "APIStack", settings=settings, description=description, **_stack("APIStack", settings))
    recognition = RekognitionStack(
        app, "RekognitionStack", settings=settings, api=api.resources, **_stack("RekognitionStack", settings)
    )
    IntegrationStack(
        app,
        "IntegrationStack",
        settings=settings,
        api=api.resources,
        recognition=recognition.resources,
        **_stack("IntegrationStack", settings),
    )
    review(app, settings)


def _stack(construct_id: str, settings: Settings) -> dict[str, object]:
    synthesizers = {"bootstrap": cdk.DefaultStackSynthesizer, "cli": cdk.CliCredentialsStackSynthesizer}
    account, region = os.environ.get("CDK_DEFAULT_ACCOUNT"), os.environ.get("CDK_DEFAULT_REGION")
    return {
        "stack_name": settings.stack_name(construct_id),
        "synthesizer": synthesizers[settings.credentials](),
        "env": cdk.Environment(account=account, region=region),
    }


if __name__ == "__main__":
    app = cdk.App()
    try:
        compose(app)
    except SettingsError as error:
        sys.exit(f"error: {error}")
    app.synth()
