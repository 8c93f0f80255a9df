"""No grant is superfluous: without any single one of them, an exercise of its function fails."""

from collections.abc import Iterator

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


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, Roles, Decisions]]:
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
        staged = Stage(chain, roles.functions, receiver)
        staged.prepare()
        yield staged, roles, Decisions(log, roles)


def test_every_function_has_exercises() -> None:
    functions = [function["Properties"] for _, function in resources("AWS::Lambda::Function")]
    assert {function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] for function in functions} == set(EXERCISES)


@pytest.mark.parametrize("function", EXERCISES)
def test_every_grant_is_used_and_without_it_the_function_fails(
    stage: tuple[Stage, Roles, Decisions], function: str
) -> None:
    staged, roles, decisions = stage
    staged.restart(function)
    used = {}
    for exercise in EXERCISES[function]:
        begin = decisions.now()
        exercise(staged)
        used[exercise] = decisions.since(begin, function)
    granted = [grant for grant in roles.grants(function) if grant.action not in AWS_DOES]
    by = {
        grant: [exercise for exercise, uses in used.items() if any(grant.covers(use) for use in uses)]
        for grant in granted
    }
    unused = [str(grant) for grant in granted if not by[grant]]
    assert not unused, f"granted and not used: {unused}"
    unneeded = [str(grant) for grant in granted if not needed(staged, roles, decisions, grant, by[grant])]
    assert not unneeded, f"granted and not needed: {unneeded}"


def needed(staged: Stage, roles: Roles, decisions: Decisions, grant: Grant, exercises: list[Exercise]) -> bool:
    """Return True if an exercise fails without the grant, at the latest after a cold start."""
    with roles.without(grant):
        if any(fails(staged, decisions, grant, exercise) for exercise in exercises):
            return True
        staged.restart(grant.function)
        return any(fails(staged, decisions, grant, exercise) for exercise in exercises)


def fails(staged: Stage, decisions: Decisions, grant: Grant, exercise: Exercise) -> bool:
    """Return True if the exercise fails and IAM refused a use that the grant covers."""
    begin = decisions.now()
    try:
        exercise(staged)
    except AssertionError:
        refused = decisions.since(begin, grant.function, allowed=False)
        return any(grant.covers(use) for use in refused)
    return False
