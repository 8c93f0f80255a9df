"""The arguments that every stack passes to the CDK: its name, its synthesizer, its account and region."""

import os
from typing import TypedDict

import aws_cdk as cdk

from settings import Settings

_SYNTHESIZERS = {"bootstrap": cdk.DefaultStackSynthesizer, "cli": cdk.CliCredentialsStackSynthesizer}


class StackOptions(TypedDict):
    """Keyword arguments of `cdk.Stack`."""

    stack_name: str
    synthesizer: cdk.IStackSynthesizer
    env: cdk.Environment


def stack_options(construct_id: str, settings: Settings) -> StackOptions:
    """Return the arguments of a stack; account and region come from the CDK CLI."""
    account, region = os.environ.get("CDK_DEFAULT_ACCOUNT"), os.environ.get("CDK_DEFAULT_REGION")
    return {
        "stack_name": settings.stack_name(construct_id),
        "synthesizer": _SYNTHESIZERS[settings.credentials](),
        "env": cdk.Environment(account=account, region=region),
    }
