"""The synthesised templates of the real app, made once per set of settings, as promises are tested on them."""

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
"""The settings `make run` deploys with, save the addresses."""

Resource = dict[str, Any]


@cache
def assembly(**settings: str) -> Path:
    """The folder of a synthesis with cdk.json's settings and these over them."""
    return Path(composed(**settings).synth().directory)


def composed(**settings: str) -> cdk.App:
    """The app with cdk.json's settings and these over them, before its synthesis."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"] | {"vendor": "false"} | settings
    app = cdk.App(context=context, outdir=tempfile.mkdtemp(prefix="synth-"))
    compose(app)
    return app


def template(stack: str, **settings: str) -> dict[str, Any]:
    """One stack's template."""
    found: dict[str, Any] = json.loads((assembly(**settings) / f"{stack}.template.json").read_text())
    return found


def resources(kind: str, **settings: str) -> Iterator[tuple[str, Resource]]:
    """Every resource of a CloudFormation type, over all three stacks, by `stack/logical id`."""
    for stack in ("APIStack", "RekognitionStack", "IntegrationStack"):
        for logical_id, resource in template(stack, **settings)["Resources"].items():
            if resource["Type"] == kind:
                yield f"{stack}/{logical_id}", resource
