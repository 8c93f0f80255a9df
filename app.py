"""The composition root: settings in, stacks wired in dependency order, judged by cdk-nag, nothing else."""

import os
import sys

import aws_cdk as cdk

import api.routes
import integration.routes
import recognition.routes
from acknowledgements import review
from api.infrastructure import APIStack
from api.openapi.document import document
from integration.infrastructure import IntegrationStack
from recognition.infrastructure import RekognitionStack
from settings import Settings, SettingsError

UNITS = (api.routes.UNIT, recognition.routes.UNIT, integration.routes.UNIT)


def compose(app: cdk.App) -> None:
    """Add the three stacks to the app, by the settings in its context; raises SettingsError."""
    settings = Settings.from_context(app.node.try_get_context)
    for key, value in settings.tags.items():
        cdk.Tags.of(app).add(key, value)
    ingress = APIStack(
        app,
        "APIStack",
        **_stack("APIStack", settings),
        auth=settings.auth,
        sign_up=settings.sign_up,
        daily_uploads=settings.daily_uploads,
        daily_spend=settings.daily_spend,
        detectors=settings.detectors,
        described=document(UNITS, auth=settings.auth, detectors=settings.detectors),
        public_url=settings.public_url,
        alarm_email=settings.alarm_email,
        monthly_budget=settings.monthly_budget,
        loopback=settings.loopback,
        vendor=settings.vendor,
    )
    recognition = RekognitionStack(
        app,
        "RekognitionStack",
        **_stack("RekognitionStack", settings),
        api=ingress,
        detectors=settings.detectors,
        cascade_below=settings.cascade_below,
        alarm_spend=settings.alarm_spend,
        edge_package=settings.edge_package,
        concurrency=settings.recognizers,
        rekognition_pause=settings.rekognition_pause,
        vendor=settings.vendor,
    )
    IntegrationStack(
        app,
        "IntegrationStack",
        **_stack("IntegrationStack", settings),
        api=ingress,
        recognition=recognition,
        webhook_url=settings.webhook_url,
        concurrency=settings.concurrency,
        loopback=settings.loopback,
        vendor=settings.vendor,
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
