"""One thin Function subclass: runtime, bundle, own role, logs and tracing, decided once."""

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
from constructs import Construct

ROOT = Path(__file__).parent
RUNTIME = lambda_.Runtime(f"python3.{sys.version_info.minor}", lambda_.RuntimeFamily.PYTHON)
"""The Lambda runtime of the interpreter that synthesises: the bytecode in the bundles is that interpreter's."""

PLATFORMS = {"x86_64": "manylinux_2_28_x86_64", "arm64": "manylinux_2_28_aarch64"}


def bundle(scope: Construct, unit: str, folders: Sequence[str], requirements: Path | None = None) -> lambda_.Code:
    """Stage the named folders of this repository, and third-party packages, as one zip asset.

    Bytecode goes along: without it a start takes nearly twice as long, and the zip's timestamps would make
    ordinary `.pyc` files stale (https://peps.python.org/pep-0552/).
    """
    staged = Path(_outdir(scope)) / "bundles" / unit
    shutil.rmtree(staged, ignore_errors=True)
    for folder in folders:
        shutil.copytree(ROOT / folder, staged / folder, ignore=shutil.ignore_patterns("__pycache__", "training"))
    if requirements:
        _install(requirements, staged)
    _compile(staged)
    return lambda_.Code.from_asset(str(staged))


class Grants:
    """What both kinds of function have: a role of their own that holds nothing but what is granted beside it."""

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


class ImageFunction(Grants, lambda_.DockerImageFunction):
    """A Lambda function made of a container image; Docker builds it at deploy, not at synth."""

    def __init__(self, scope: Construct, construct_id: str, *, code: lambda_.DockerImageCode, **settings: Any) -> None:
        super().__init__(scope, construct_id, code=code, **_settled(scope, construct_id, **settings))


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
         "--platform", PLATFORMS["x86_64"], "--platform", "manylinux2014_x86_64", "--only-binary=:all:",
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
