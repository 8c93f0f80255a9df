"""Subscriptions: their table, the key that their secrets derive from, the function behind the webhook routes."""

from dataclasses import dataclass

from aws_cdk import aws_dynamodb as dynamodb

from infrastructure.functions import PythonFunction
from infrastructure.storage import generated_key, owner_table, secret_arn
from integration.unit import Unit


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """The table of the subscriptions and the ARN of the signing key."""

    table: dynamodb.Table
    signing_key_arn: str


def subscriptions(unit: Unit) -> Subscriptions:
    """Define the table and the key.

    Both are retained when the stack is deleted: with another key the secret of every subscriber would change.
    """
    table = owner_table(unit.scope, "Subscriptions", "subscription_id")
    key = generated_key(unit.scope, "SigningKey", "Sightline: the key from which webhook secrets derive")
    return Subscriptions(table, secret_arn(key))


def webhook_routes(unit: Unit, subscriptions: Subscriptions) -> None:
    """Define the function that manages webhooks."""
    function = PythonFunction(
        unit.scope,
        "Webhooks",
        code=unit.code,
        handler="integration.subscriptions.runtime.handler.handler",
        environment={
            "SUBSCRIPTIONS_TABLE": subscriptions.table.table_name,
            "SIGNING_KEY_ARN": subscriptions.signing_key_arn,
            "WEBHOOKS_PER_OWNER": str(unit.settings.webhooks_per_owner),
            "PUBLIC_URL": unit.api.routes.public_url,
            "LOOPBACK": str(unit.settings.loopback).lower(),
        },
    )
    function.may(
        ["dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
        subscriptions.table.table_arn,
    )
    function.may(["secretsmanager:GetSecretValue"], subscriptions.signing_key_arn)
    unit.api.routes.add(unit.scope, function)
