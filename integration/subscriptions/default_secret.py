"""Print the secret that the deployment's default endpoint verifies signatures with."""

import argparse
import sys
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from integration.subscriptions.runtime.signature import secret, signing_key
from integration.subscriptions.runtime.subscription import Subscription


class StackError(Exception):
    """Why a stack tells no secret."""


def outputs(cloudformation: Any, stack: str) -> dict[str, str]:
    """What a deployed stack says of itself; raises StackError where none stands."""
    try:
        described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        raise StackError(f"No stack {stack} to be read here: {error.response['Error']['Message']}") from error
    return {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])}


def default_secret(cloudformation: Any, secretsmanager: Any, stack: str) -> str:
    """The default endpoint's secret; raises StackError where the deployment has no such endpoint."""
    said = outputs(cloudformation, stack)
    if "DefaultWebhookUrl" not in said:
        raise StackError(f"{stack} has no default endpoint; deploy with `-c webhook_url=https://…` to name one.")
    endpoint = Subscription.default(said["DefaultWebhookUrl"])
    return secret(signing_key(secretsmanager, said["SigningKeyArn"]), endpoint.subscription_id, endpoint.generation)


def main(arguments: list[str] | None = None) -> int:
    """The command; 1 where there is no secret to print."""
    parser = argparse.ArgumentParser(prog="python -m integration.subscriptions.default_secret", description=__doc__)
    parser.add_argument("--stack", default="IntegrationStack", help="the stack's name in the account (%(default)s)")
    stack = parser.parse_args(arguments).stack
    try:
        print(default_secret(boto3.client("cloudformation"), boto3.client("secretsmanager"), stack))
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    except (BotoCoreError, ClientError) as error:
        print(f"{error} It takes the credentials and the region that you deployed with.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
