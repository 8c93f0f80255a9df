"""The promises of IntegrationStack alone; tests/test_promises.py has those of all stacks."""

from typing import Any

import pytest

from infrastructure.monitoring.metrics import NEAR_TIMEOUT
from integration.deliver.runtime.batch import ATTEMPT_SECONDS, PATIENCE, TAKING_SECONDS
from integration.deliveries.runtime.log.lists import BY_STATUS, BY_WEBHOOK
from tests.stacks import LOCAL, template
from wire.aws.retry_policy import DELIVERIES

STACK = "IntegrationStack"


def found(kind: str, **settings: str) -> dict[str, dict[str, Any]]:
    """Return the properties of every resource of a type, by logical id."""
    resources = template(STACK, **settings)["Resources"].items()
    return {name: resource.get("Properties", {}) for name, resource in resources if resource["Type"] == kind}


def queue(name: str) -> dict[str, Any]:
    (resource,) = [resource for key, resource in found("AWS::SQS::Queue").items() if key.startswith(name)]
    return resource


def granted(function: str) -> set[str]:
    """Return every action that the function's role may take, but for writing its logs and traces."""
    (policy,) = [resource for key, resource in found("AWS::IAM::Policy").items() if key.startswith(f"{function}Role")]
    actions: set[str] = set()
    for statement in policy["PolicyDocument"]["Statement"]:
        actions |= {statement["Action"]} if isinstance(statement["Action"], str) else set(statement["Action"])
    return {action for action in actions if not action.startswith(("logs:", "xray:"))}


CONSUME = {
    "sqs:ReceiveMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
}


@pytest.mark.parametrize(
    ("function", "actions"),
    [
        (
            "Webhooks",
            {
                "dynamodb:PutItem",
                "dynamodb:GetItem",
                "dynamodb:Query",
                "dynamodb:UpdateItem",
                "dynamodb:DeleteItem",
                "secretsmanager:GetSecretValue",
            },
        ),
        (
            "Deliveries",
            {
                "dynamodb:BatchGetItem",
                "dynamodb:BatchWriteItem",
                "dynamodb:GetItem",
                "dynamodb:Query",
                "sqs:SendMessage",
            },
        ),
        ("Timeline", {"dynamodb:GetItem", "dynamodb:Query", "s3:ListBucket"}),
        (
            "Dispatch",
            CONSUME
            | {
                "dynamodb:BatchGetItem",
                "dynamodb:BatchWriteItem",
                "dynamodb:PartiQLInsert",
                "dynamodb:Query",
                "sqs:SendMessage",
            },
        ),
        (
            "Deliver",
            CONSUME
            | {
                "dynamodb:BatchGetItem",
                "dynamodb:BatchWriteItem",
                "dynamodb:PartiQLInsert",
                "dynamodb:UpdateItem",
                "secretsmanager:GetSecretValue",
                "sqs:SendMessage",
            },
        ),
    ],
)
def test_each_function_has_the_permissions_it_needs_and_no_others(function: str, actions: set[str]) -> None:
    assert granted(function) == actions


def test_a_delivery_outlives_its_schedule_in_the_queue() -> None:
    longest = sum(pause * (1 + DELIVERIES.jitter) for pause in DELIVERIES.pauses)
    assert queue("DeliveriesQueue")["MessageRetentionPeriod"] == 14 * 86_400 > longest


def test_deliver_has_time_for_its_last_batch_even_if_that_hangs() -> None:
    timeouts = {resource["Handler"]: resource["Timeout"] for resource in found("AWS::Lambda::Function").values()}
    assert timeouts["integration.deliver.runtime.handler.handler"] >= TAKING_SECONDS + PATIENCE + 5
    assert (
        timeouts["integration.deliver.runtime.handler.handler"] * NEAR_TIMEOUT >= TAKING_SECONDS + ATTEMPT_SECONDS + 2
    )
    assert PATIENCE > ATTEMPT_SECONDS


def test_the_key_of_all_secrets_is_made_in_the_account_and_outlives_the_stack_as_the_table_does() -> None:
    kept = {
        resource["Type"]: resource["DeletionPolicy"]
        for resource in template(STACK)["Resources"].values()
        if resource["Type"] in ("AWS::SecretsManager::Secret", "AWS::DynamoDB::Table")
    }
    assert kept == {"AWS::SecretsManager::Secret": "Retain", "AWS::DynamoDB::Table": "Retain"}
    (made,) = found("AWS::SecretsManager::Secret").values()
    assert made["GenerateSecretString"]["PasswordLength"] == 64


def test_the_tables_can_be_restored_and_cost_by_use() -> None:
    tables = found("AWS::DynamoDB::Table").values()
    assert len(tables) == 2
    for table in tables:
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["SSESpecification"] == {"SSEEnabled": True}


def test_the_log_s_rows_expire_and_its_indexes_are_those_that_are_queried() -> None:
    (log,) = [resource for name, resource in found("AWS::DynamoDB::Table").items() if name.startswith("DeliveryLog")]
    assert log["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert [index["IndexName"] for index in log["GlobalSecondaryIndexes"]] == [BY_WEBHOOK, BY_STATUS]
    assert {str(index["Projection"]["NonKeyAttributes"]) for index in log["GlobalSecondaryIndexes"]} == {"['said']"}


@pytest.mark.parametrize(("settings", "loopback"), [({}, "false"), (LOCAL, "true")])
def test_this_machine_is_a_target_only_where_the_setting_says(settings: dict[str, str], loopback: str) -> None:
    functions = found("AWS::Lambda::Function", **settings).values()
    environments = [function["Environment"]["Variables"] for function in functions]
    assert [variables["LOOPBACK"] for variables in environments if "LOOPBACK" in variables] == [loopback, loopback]


def test_a_default_endpoint_reaches_the_functions_that_deliver_and_the_operator() -> None:
    named = template(STACK, webhook_url="https://example.com/all")
    functions = [
        resource["Properties"]
        for resource in named["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function"
    ]
    handlers = {
        function["Handler"] for function in functions if function["Environment"]["Variables"].get("DEFAULT_WEBHOOK_URL")
    }
    assert handlers == {"integration.dispatch.runtime.handler.handler", "integration.deliver.runtime.handler.handler"}
    assert named["Outputs"]["DefaultWebhookUrl"]["Value"] == "https://example.com/all"
    assert "DefaultWebhookUrl" not in template(STACK)["Outputs"]


def test_the_outputs_hold_the_names_that_operators_need() -> None:
    assert template(STACK)["Outputs"].keys() >= {
        "EventsQueueUrl",
        "DeliveriesQueueUrl",
        "DeliveriesDeadQueueUrl",
        "SubscriptionsTable",
        "SigningKeyArn",
    }
