"""Lambda functions as every stack defines them: runtime, role, logs, tracing, event source."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

RUNTIME = lambda_.Runtime(f"python3.{sys.version_info.minor}", lambda_.RuntimeFamily.PYTHON)
"""The Lambda runtime of the interpreter that synthesizes: the bundles hold the bytecode of that interpreter."""

BATCH_SIZE = 10
POLLING_ACTIONS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
"""The actions that Lambda's event source takes on a queue with the role of the function."""


class Grants:
    """A function with a role of its own, which holds only what is granted beside the function."""

    def _wait_for_grants(self: Any) -> None:
        """Create the function after its role's policy.

        The CDK would also name the role here, which the function's reference to the role implies.
        """
        policy = self.role.node.find_child("DefaultPolicy").node.default_child
        self.node.default_child.add_override("DependsOn", [policy.logical_id])

    def may(self: Any, actions: Sequence[str], *resources: str) -> None:
        """Grant exactly these actions on exactly these resources."""
        self.add_to_role_policy(iam.PolicyStatement(actions=list(actions), resources=list(resources)))


class PythonFunction(Grants, lambda_.Function):
    """A Lambda function in a zip."""

    def __init__(
        self, scope: Construct, construct_id: str, *, code: lambda_.Code, handler: str, **settings: Any
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            code=code,
            handler=handler,
            runtime=RUNTIME,
            **_properties(scope, construct_id, **settings),
        )
        self._wait_for_grants()

    def work_off(self, queue: sqs.IQueue, concurrency: int) -> None:
        """Receive the queue's messages in batches of ten that fail by item, at most `concurrency` batches at once.

        An `SqsEventSource` would also grant sqs:GetQueueUrl, which no function calls; the construct id is the one that
        it would choose.
        https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
        """
        self.may([*POLLING_ACTIONS, "sqs:ChangeMessageVisibility"], queue.queue_arn)
        self.add_event_source_mapping(
            f"SqsEventSource:{cdk.Names.node_unique_id(queue.node)}",
            event_source_arn=queue.queue_arn,
            batch_size=BATCH_SIZE,
            max_concurrency=concurrency,
            report_batch_item_failures=True,
        )


class ImageFunction(Grants, lambda_.DockerImageFunction):
    """A Lambda function in a container image; Docker builds the image at deploy, not at synthesis."""

    def __init__(self, scope: Construct, construct_id: str, *, code: lambda_.DockerImageCode, **settings: Any) -> None:
        super().__init__(scope, construct_id, code=code, **_properties(scope, construct_id, **settings))
        self._wait_for_grants()


def _properties(
    scope: Construct,
    construct_id: str,
    *,
    environment: Mapping[str, str],
    timeout: int = 30,
    memory: int = 512,
) -> dict[str, Any]:
    """Return the properties that both kinds of function share; `timeout` in seconds, `memory` in megabytes."""
    log_group = logs.LogGroup(
        scope,
        f"{construct_id}Logs",
        retention=logs.RetentionDays.ONE_MONTH,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    role = iam.Role(scope, f"{construct_id}Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    log_group.grant_write(role)
    return {
        "role": role,
        "log_group": log_group,
        "logging_format": lambda_.LoggingFormat.JSON,
        "tracing": lambda_.Tracing.ACTIVE,
        "environment": dict(environment) | {"POWERTOOLS_SERVICE_NAME": construct_id},
        "timeout": cdk.Duration.seconds(timeout),
        "memory_size": memory,
    }
