"""No grant is superfluous: without any single one of them, an exercise of its function fails."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from local.demo import user
from local.demo.photos import PhotoHandler
from local.demo.receiver import Receiver
from local.deployment import deployed
from local.loopback import serving
from tests import rekognition_server
from tests.grants.exercises import EXERCISES, Exercise
from tests.grants.receiver import ReceiverHandler
from tests.grants.roles import Decisions, Grant, Roles
from tests.grants.stage import Stage
from tests.pipeline.chain import Chain
from tests.ports import free_port
from tests.stacks import resources

AWS_DOES = {
    "logs:CreateLogStream": "Lambda writes a function's log",
    "logs:PutLogEvents": "Lambda writes a function's log",
    "xray:PutTraceSegments": "Lambda sends a function's traces",
    "xray:PutTelemetryRecords": "Lambda sends a function's traces",
    "sqs:ReceiveMessage": "Lambda polls a function's queue",
    "sqs:DeleteMessage": "Lambda polls a function's queue",
    "sqs:GetQueueAttributes": "Lambda polls a function's queue",
}
"""Actions that AWS itself takes as the role, outside the function; the emulator takes them without a role."""

SETTINGS = {"rekognition": "true", "daily_uploads": "10000", "daily_spend": "10000"}


class Account(NamedTuple):
    """The account of a deployment: its functions, their roles, and the decisions of IAM."""

    stage: Stage
    roles: Roles
    decisions: Decisions


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """A deployment with all features, whose IAM keeps a log and whose event sources are disabled."""
    directory = tmp_path_factory.mktemp("granted")
    log = directory / "iam.jsonl"
    with (
        serving(
            rekognition_server.handler(rekognition_server.Rekognition(unreadable=".webp", busy=".busy"))
        ) as rekognition,
        serving(PhotoHandler) as photographs,
        serving(ReceiverHandler) as receiver,
        deployed(
            directory,
            free_port(),
            auth="cognito",
            context=SETTINGS,
            environment={"IAM_LOG": str(log), "REKOGNITION_STAND_IN": rekognition},
        ) as deployment,
    ):
        roles = Roles(deployment)
        chain = Chain(deployment, photographs, Receiver(), user.token(deployment, "ann@example.com"))
        stage = Stage(chain, roles.functions, receiver)
        stage.prepare()
        yield Account(stage, roles, Decisions(log, roles))


def test_every_function_has_exercises() -> None:
    functions = [function["Properties"] for _, function in resources("AWS::Lambda::Function")]
    assert {function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] for function in functions} == set(EXERCISES)


@pytest.mark.parametrize("function", EXERCISES)
def test_every_grant_is_used_and_without_it_the_function_fails(account: Account, function: str) -> None:
    account.stage.restart(function)
    used = {}
    for exercise in EXERCISES[function]:
        begin = account.decisions.now()
        exercise(account.stage)
        used[exercise] = account.decisions.since(begin, function)
    granted = [grant for grant in account.roles.grants(function) if grant.action not in AWS_DOES]
    by = {
        grant: [exercise for exercise, uses in used.items() if any(grant.covers(use) for use in uses)]
        for grant in granted
    }
    unused = [str(grant) for grant in granted if not by[grant]]
    assert not unused, f"granted and not used: {unused}"
    unneeded = [str(grant) for grant in granted if not needed(account, grant, by[grant])]
    assert not unneeded, f"granted and not needed: {unneeded}"


def needed(account: Account, grant: Grant, exercises: list[Exercise]) -> bool:
    """Return True if an exercise fails without the grant, at the latest after a cold start."""
    with account.roles.without(grant):
        if any(fails(account, grant, exercise) for exercise in exercises):
            return True
        account.stage.restart(grant.function)
        return any(fails(account, grant, exercise) for exercise in exercises)


def fails(account: Account, grant: Grant, exercise: Exercise) -> bool:
    """Return True if the exercise fails and IAM refused a use that the grant covers."""
    begin = account.decisions.now()
    try:
        exercise(account.stage)
    except AssertionError:
        refused = account.decisions.since(begin, grant.function, allowed=False)
        return any(grant.covers(use) for use in refused)
    return False
