"""Lambda functions as every stack defines them: runtime, role, logs, tracing, event source."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict, Unpack

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infrastructure.runtimes import PYTHON

BATCH_SIZE = 10
POLLING_ACTIONS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
"""The actions that Lambda's event source takes on a queue with the role of the function."""


class FunctionSettings(TypedDict):
    """Environment variables, `timeout` in seconds (default 30), `memory` in megabytes (default 512).

    `recursive` is True for a function whose messages may reach the function itself again, and that limits them itself.
    Otherwise Lambda would stop such a chain after about 16 invocations and move its message to the dead letters:
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
    """

    environment: Mapping[str, str]
    timeout: NotRequired[int]
    memory: NotRequired[int]
    recursive: NotRequired[bool]


class LeastPrivilegeFunction(lambda_.Function):
    """A function with a role of its own, which may do only what `may` grants, and write logs."""

    answers_requests = False
    """True for a function for which a request of the API waits: the API's alarms report its failures, too."""

    def _wait_for_grants(self) -> None:
        """Create the function after its role's policy.

        The CDK would also list the role in DependsOn, which the function's reference to the role implies.
        """
        assert self.role
        policy = self.role.node.find_child("DefaultPolicy").node.default_child
        resource = self.node.default_child
        assert isinstance(policy, cdk.CfnResource)
        assert isinstance(resource, cdk.CfnResource)
        resource.add_override("DependsOn", [policy.logical_id])

    def may(self, actions: Sequence[str], *resources: str) -> None:
        """Grant exactly these actions on exactly these resources."""
        self.add_to_role_policy(iam.PolicyStatement(actions=list(actions), resources=list(resources)))


class PythonFunction(LeastPrivilegeFunction):
    """A Lambda function in a zip. `module` is the dotted name of the module of its handler."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        code: lambda_.Code,
        handler: str,
        **settings: Unpack[FunctionSettings],
    ) -> None:
        properties = _properties(scope, construct_id, settings)
        runtime = lambda_.Runtime(f"python{PYTHON}", lambda_.RuntimeFamily.PYTHON)
        super().__init__(scope, construct_id, code=code, handler=handler, runtime=runtime, **properties)
        self.module = handler.rpartition(".")[0]
        self._wait_for_grants()

    def work_off(self, queue: sqs.IQueue, concurrency: int, batching_seconds: int) -> None:
        """Receive the queue's messages in batches of ten that fail by item, at most `concurrency` batches at once.

        A batch that is not full waits for `batching_seconds`, in a queue with little traffic for up to 20 s:
        https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html

        An `SqsEventSource` would also grant sqs:GetQueueUrl, which no function calls; the construct id is that of an
        `SqsEventSource`.
        https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
        """
        self.may([*POLLING_ACTIONS, "sqs:ChangeMessageVisibility"], queue.queue_arn)
        self.add_event_source_mapping(
            f"SqsEventSource:{cdk.Names.node_unique_id(queue.node)}",
            event_source_arn=queue.queue_arn,
            batch_size=BATCH_SIZE,
            max_batching_window=cdk.Duration.seconds(batching_seconds),
            max_concurrency=concurrency,
            report_batch_item_failures=True,
        )


class ImageFunction(LeastPrivilegeFunction, lambda_.DockerImageFunction):
    """A Lambda function in a container image; Docker builds the image at deploy, not at synthesis."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        code: lambda_.DockerImageCode,
        **settings: Unpack[FunctionSettings],
    ) -> None:
        properties = _properties(scope, construct_id, settings)
        lambda_.DockerImageFunction.__init__(self, scope, construct_id, code=code, **properties)
        self._wait_for_grants()


def _properties(scope: Construct, construct_id: str, settings: FunctionSettings) -> dict[str, Any]:
    """Return the properties that both kinds of function share, as arguments of the CDK."""
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
        "tracing": lambda_.Tracing.PASS_THROUGH,
        "environment": dict(settings["environment"]) | {"POWERTOOLS_SERVICE_NAME": construct_id},
        "timeout": cdk.Duration.seconds(settings.get("timeout", 30)),
        "memory_size": settings.get("memory", 512),
        "recursive_loop": lambda_.RecursiveLoop.ALLOW if settings.get("recursive") else None,
    }
