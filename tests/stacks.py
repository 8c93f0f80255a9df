"""The templates of the real app, synthesized once per set of settings."""

import json
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from app import compose
from local.deployment import SETTINGS

ROOT = Path(__file__).parent.parent
LOCAL = SETTINGS | {"auth": "none"}
"""The settings of `make run` except for the addresses."""

Resource = dict[str, Any]


@cache
def assembly(**settings: str) -> Path:
    """Return the folder of a synthesis with these settings, else the defaults."""
    return Path(composed(**settings).synth().directory)


def composed(**settings: str) -> cdk.App:
    """Return the app with these settings before its synthesis, with the feature flags of cdk.json."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"] | {"vendor": "false"} | settings
    app = cdk.App(context=context, outdir=tempfile.mkdtemp(prefix="synth-"))
    compose(app)
    return app


def template(stack: str, **settings: str) -> dict[str, Any]:
    """Return one stack's template."""
    content: dict[str, Any] = json.loads((assembly(**settings) / f"{stack}.template.json").read_text())
    return content


def route_keys(**settings: str) -> set[str]:
    """Return the key of every route but HEAD, which every GET has beside it."""
    keys = {route["Properties"]["RouteKey"] for _, route in resources("AWS::ApiGatewayV2::Route", **settings)}
    return {key for key in keys if not key.startswith("HEAD ")}


def resources(kind: str, **settings: str) -> Iterator[tuple[str, Resource]]:
    """Yield every resource of a CloudFormation type in all three stacks, by `stack/logical id`."""
    for stack in ("APIStack", "RekognitionStack", "IntegrationStack"):
        for logical_id, resource in template(stack, **settings)["Resources"].items():
            if resource["Type"] == kind:
                yield f"{stack}/{logical_id}", resource
