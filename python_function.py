"""Functions as every stack has them, decided once: runtime, bundle, own role, logs, tracing, event source."""

import compileall
import py_compile
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

ROOT = Path(__file__).parent
RUNTIME = lambda_.Runtime(f"python3.{sys.version_info.minor}", lambda_.RuntimeFamily.PYTHON)
"""The Lambda runtime of the interpreter that synthesises: the bytecode in the bundles is that interpreter's."""

BATCH = 10
POLLING = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
"""What Lambda does to a queue in the name of the function that works it off."""


def unit_bundle(scope: Construct, unit: str, *, vendor: bool) -> lambda_.Code:
    """The zip of a unit's functions: its own runtime, and the two packages every function stands on."""
    return bundle(scope, unit, (f"{unit}/runtime", "domain", "wire"), vendor=vendor)


def bundle(
    scope: Construct, unit: str, folders: Sequence[str], *, vendor: bool, files: Mapping[str, bytes] | None = None
) -> lambda_.Code:
    """Stage these folders of the repository as one zip asset, with what the unit requires where it is to `vendor`.

    `files` go in beside them, by their paths in the zip.

    Bytecode goes along: without it a start takes nearly twice as long, and the zip's timestamps would make
    ordinary `.pyc` files stale (https://peps.python.org/pep-0552/).
    """
    staged = Path(_outdir(scope)) / "bundles" / unit.replace("/", "-")
    shutil.rmtree(staged, ignore_errors=True)
    left_out = shutil.ignore_patterns("__pycache__", "training", "onboarding")
    for folder in folders:
        shutil.copytree(ROOT / folder, staged / folder, ignore=left_out)
    for name, content in (files or {}).items():
        (staged / name).write_bytes(content)
    if vendor:
        _install(ROOT / unit / "requirements.txt", staged)
    _compile(staged)
    return lambda_.Code.from_asset(str(staged))


class Grants:
    """What both kinds of function have: a role of their own that holds nothing but what is granted beside it."""

    def _wait_for_grants(self: Any) -> None:
        """Be made after the role's policy. The CDK would name the role as well, which the reference to it says."""
        policy = self.role.node.find_child("DefaultPolicy").node.default_child
        self.node.default_child.add_override("DependsOn", [policy.logical_id])

    def may(self: Any, actions: Sequence[str], *resources: str) -> None:
        """Grant exactly these actions on exactly these resources."""
        self.add_to_role_policy(iam.PolicyStatement(actions=list(actions), resources=list(resources)))


class PythonFunction(Grants, lambda_.Function):
    """A Lambda function made of a bundle."""

    def __init__(
        self, scope: Construct, construct_id: str, *, code: lambda_.Code, handler: str, **settings: Any
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            code=code,
            handler=handler,
            runtime=RUNTIME,
            **_settled(scope, construct_id, **settings),
        )
        self._wait_for_grants()

    def work_off(self, queue: sqs.IQueue, concurrency: int) -> None:
        """Take the queue's messages, ten at a time, failing by message, at most so many batches at once.

        An `SqsEventSource` would grant sqs:GetQueueUrl too, which nobody asks for; the id is the one it gives.
        https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
        """
        self.may([*POLLING, "sqs:ChangeMessageVisibility"], queue.queue_arn)
        self.add_event_source_mapping(
            f"SqsEventSource:{cdk.Names.node_unique_id(queue.node)}",
            event_source_arn=queue.queue_arn,
            batch_size=BATCH,
            max_concurrency=concurrency,
            report_batch_item_failures=True,
        )


class ImageFunction(Grants, lambda_.DockerImageFunction):
    """A Lambda function made of a container image; Docker builds it at deploy, not at synth."""

    def __init__(self, scope: Construct, construct_id: str, *, code: lambda_.DockerImageCode, **settings: Any) -> None:
        super().__init__(scope, construct_id, code=code, **_settled(scope, construct_id, **settings))
        self._wait_for_grants()


def _settled(
    scope: Construct,
    construct_id: str,
    *,
    environment: Mapping[str, str],
    timeout: int = 30,
    memory: int = 512,
) -> dict[str, Any]:
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


def _outdir(scope: Construct) -> str:
    stage = cdk.Stage.of(scope)
    assert stage, f"{scope.node.path} stands in no app"
    return stage.outdir


def _install(requirements: Path, target: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-compile",
         "--platform", "manylinux_2_28_x86_64", "--platform", "manylinux2014_x86_64", "--only-binary=:all:",
         "--target", str(target), "-r", str(requirements)],
        check=True,
    )  # fmt: skip


def _compile(folder: Path) -> None:
    compileall.compile_dir(
        folder,
        quiet=1,
        stripdir=str(folder),
        workers=1,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
