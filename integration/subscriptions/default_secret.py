"""Print the secret with which the deployment's default endpoint verifies signatures."""

import argparse
import sys
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from integration.subscriptions.runtime.signature import secret, signing_key
from integration.subscriptions.runtime.subscription import Subscription

if TYPE_CHECKING:
    from types_boto3_cloudformation.client import CloudFormationClient
    from types_boto3_secretsmanager.client import SecretsManagerClient


class StackError(Exception):
    """A stack cannot be read, or has no default endpoint."""


def outputs(cloudformation: "CloudFormationClient", stack: str) -> dict[str, str]:
    """Return the outputs of a deployed stack; raises StackError if there is none."""
    try:
        described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        raise StackError(f"The stack {stack} cannot be read: {error.response['Error']['Message']}") from error
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def default_secret(cloudformation: "CloudFormationClient", secretsmanager: "SecretsManagerClient", stack: str) -> str:
    """Return the default endpoint's secret; raises StackError if the deployment has no such endpoint."""
    values = outputs(cloudformation, stack)
    if "DefaultWebhookUrl" not in values:
        raise StackError(f"{stack} has no default endpoint; deploy with `-c webhook_url=https://…` to name one.")
    endpoint = Subscription.default(values["DefaultWebhookUrl"])
    return secret(signing_key(secretsmanager, values["SigningKeyArn"]), endpoint.subscription_id, endpoint.generation)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 1 if there is no secret to print."""
    parser = argparse.ArgumentParser(prog="python -m integration.subscriptions.default_secret", description=__doc__)
    parser.add_argument("--stack", default="IntegrationStack", help="the stack's name in the account (%(default)s)")
    stack = parser.parse_args(arguments).stack
    try:
        print(default_secret(boto3.client("cloudformation"), boto3.client("secretsmanager"), stack))
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    except (BotoCoreError, ClientError) as error:
        print(f"{error} Use the credentials and the region of the deployment.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
