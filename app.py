"""Compose the stacks in dependency order from the settings, and have cdk-nag check them."""

import sys

import aws_cdk as cdk

from api.infrastructure import APIStack
from infrastructure.monitoring.telemetry import telemetry
from infrastructure.nag_suppressions import review
from infrastructure.stacks import stack_options
from integration.infrastructure import IntegrationStack
from openapi.document import document
from openapi.rooms import rooms
from recognition.infrastructure import RekognitionStack
from settings import Settings, SettingsError

_NEW_ACCOUNT = 10
"""Concurrent executions of a new account: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
_CALLERS = 2
"""Functions that answer callers while the queues are busy."""


def compose(app: cdk.App) -> Settings:
    """Add the three stacks to the app, by the settings in its context, and return these; raises SettingsError."""
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
    telemetry(app, settings)
    review(app, settings)
    return settings


def advice(settings: Settings) -> str:
    """Return what a deployer should know about the concurrency of the account; on one machine nothing."""
    if settings.loopback or settings.workers + _CALLERS <= _NEW_ACCOUNT:
        return ""
    return (
        f"note: with concurrency={settings.concurrency} the queues may run {settings.workers} functions at once,"
        f" besides those of the API. A new account allows {_NEW_ACCOUNT} in all: then deploy with -c concurrency=2,"
        " or ask AWS for more (docs/deploy.md)."
    )


if __name__ == "__main__":
    app = cdk.App()
    try:
        settings = compose(app)
    except SettingsError as error:
        sys.exit(f"error: {error}")
    app.synth()
    if line := advice(settings):
        print(line, file=sys.stderr)
