"""What the templates promise, over all three stacks, with the account's settings and with those of one machine."""

import json
from typing import Any

import pytest

from domain.detectors import DETECTORS
from openapi.rooms import UNITS
from tests.stacks import LOCAL, assembly, resources, template

ACCOUNT: dict[str, str] = {}
REKOGNITION_ACTIONS = {f"rekognition:{spec.rekognition.operation}" for spec in DETECTORS.values() if spec.rekognition}
BOTH = pytest.mark.parametrize("settings", [ACCOUNT, LOCAL], ids=["account", "local"])


def statements(settings: dict[str, str]) -> list[dict[str, Any]]:
    """Every statement of every function's role."""
    policies = [each["Properties"] for _, each in resources("AWS::IAM::Policy", **settings)]
    return [said for policy in policies for said in policy["PolicyDocument"]["Statement"]]


def actions(statement: dict[str, Any]) -> list[str]:
    """A statement's actions, one or many."""
    return statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]


@BOTH
def test_every_queue_ends_in_dead_letters_that_stay_two_weeks(settings: dict[str, str]) -> None:
    queues = dict(resources("AWS::SQS::Queue", **settings))
    dead = {name for name, queue in queues.items() if "RedrivePolicy" not in queue["Properties"]}
    live = {name: queue["Properties"] for name, queue in queues.items() if name not in dead}
    assert len(live) == 3
    for name, queue in live.items():
        target = queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        assert f"{name.split('/')[0]}/{target}" in dead
        assert queue["RedrivePolicy"]["maxReceiveCount"] >= 5
    assert all(queues[name]["Properties"]["MessageRetentionPeriod"] == 14 * 86_400 for name in dead)


@BOTH
def test_every_subscription_of_a_queue_is_raw_and_has_dead_letters(settings: dict[str, str]) -> None:
    found = dict(resources("AWS::SNS::Subscription", **settings))
    assert len(found) == 2
    for subscription in found.values():
        assert subscription["Properties"]["RawMessageDelivery"] is True
        assert "deadLetterTargetArn" in subscription["Properties"]["RedrivePolicy"]


@BOTH
def test_every_queue_hides_a_message_six_times_as_long_as_its_function_may_take(settings: dict[str, str]) -> None:
    functions = dict(resources("AWS::Lambda::Function", **settings))
    queues = dict(resources("AWS::SQS::Queue", **settings))
    for name, source in resources("AWS::Lambda::EventSourceMapping", **settings):
        stack = name.split("/")[0]
        timeout = functions[f"{stack}/{source['Properties']['FunctionName']['Ref']}"]["Properties"]["Timeout"]
        arn = json.dumps(source["Properties"]["EventSourceArn"])
        (queue,) = [each for key, each in queues.items() if key.split("/")[1] in arn]
        assert queue["Properties"]["VisibilityTimeout"] >= 6 * timeout


@BOTH
def test_every_batch_fails_by_item(settings: dict[str, str]) -> None:
    found = list(resources("AWS::Lambda::EventSourceMapping", **settings))
    assert len(found) == 3
    for _, source in found:
        assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert source["Properties"]["BatchSize"] == 10


@BOTH
def test_no_role_has_a_wildcard_action_or_a_managed_policy(settings: dict[str, str]) -> None:
    assert not [action for said in statements(settings) for action in actions(said) if "*" in action]
    assert not [
        name for name, role in resources("AWS::IAM::Role", **settings) if "ManagedPolicyArns" in role["Properties"]
    ]


@BOTH
def test_wildcard_resources_are_for_services_that_know_no_other(settings: dict[str, str]) -> None:
    everywhere = {action for said in statements(settings) if said["Resource"] == "*" for action in actions(said)}
    assert everywhere <= {"xray:PutTraceSegments", "xray:PutTelemetryRecords"} | REKOGNITION_ACTIONS


@BOTH
def test_only_erase_may_delete_images_and_only_where_they_lie(settings: dict[str, str]) -> None:
    may = {
        (name.split("/")[1].split("Role")[0], action, json.dumps(said["Resource"]))
        for name, each in resources("AWS::IAM::Policy", **settings)
        for said in each["Properties"]["PolicyDocument"]["Statement"]
        for action in actions(said)
        if action.startswith("s3:Delete")
    }
    assert {(role, action) for role, action, _ in may} == {
        ("Erase", "s3:DeleteObject"),
        ("Erase", "s3:DeleteObjectVersion"),
    }
    (originals, derived) = (on for _, action, on in sorted(may, key=lambda each: -len(each[1])))
    assert "APIStack:ExportsOutput" in originals
    assert "Images" in originals
    assert "Derived" in derived


@BOTH
def test_every_function_is_traced_by_its_setting(settings: dict[str, str]) -> None:
    functions = dict(resources("AWS::Lambda::Function", **settings))
    assert functions
    assert {each["Properties"].get("TracingConfig", {}).get("Mode") for each in functions.values()} == {"Active"}


@BOTH
def test_a_function_is_made_once_its_role_has_its_grants(settings: dict[str, str]) -> None:
    for name, function in resources("AWS::Lambda::Function", **settings):
        role = function["Properties"]["Role"]["Fn::GetAtt"][0]
        (policy,) = function["DependsOn"]
        attached = template(name.split("/")[0], **settings)["Resources"][policy]["Properties"]["Roles"]
        assert attached == [{"Ref": role}]


@BOTH
def test_nobody_invokes_a_function_but_the_api_its_queue_and_another_function(settings: dict[str, str]) -> None:
    invokers = {each["Properties"]["Principal"] for _, each in resources("AWS::Lambda::Permission", **settings)}
    assert invokers == {"apigateway.amazonaws.com"}


@BOTH
def test_every_log_is_kept_for_a_while_and_not_for_ever(settings: dict[str, str]) -> None:
    groups = dict(resources("AWS::Logs::LogGroup", **settings))
    assert {group["Properties"].get("RetentionInDays") for group in groups.values()} == {30}
    functions = dict(resources("AWS::Lambda::Function", **settings))
    used = {each["Properties"]["LoggingConfig"]["LogGroup"]["Ref"] for each in functions.values()}
    assert len(used) == len(functions)


@BOTH
def test_who_reads_and_writes_a_bucket_is_written_down(settings: dict[str, str]) -> None:
    buckets = dict(resources("AWS::S3::Bucket", **settings))
    unlogged = {name for name, each in buckets.items() if "LoggingConfiguration" not in each["Properties"]}
    assert len(buckets) - len(unlogged) == 3
    assert all("AccessLogs" in name for name in unlogged)


@BOTH
def test_stacks_lean_one_way(settings: dict[str, str]) -> None:
    manifest = json.loads((assembly(**settings) / "manifest.json").read_text())["artifacts"]
    leans = {
        name: {each for each in manifest[name].get("dependencies", ()) if each.endswith("Stack")}
        for name in ("APIStack", "RekognitionStack", "IntegrationStack")
    }
    assert leans == {
        "APIStack": set(),
        "RekognitionStack": {"APIStack"},
        "IntegrationStack": {"APIStack", "RekognitionStack"},
    }


@BOTH
def test_nothing_has_a_physical_name(settings: dict[str, str]) -> None:
    named = {
        "AWS::S3::Bucket": "BucketName",
        "AWS::SQS::Queue": "QueueName",
        "AWS::SNS::Topic": "TopicName",
        "AWS::DynamoDB::Table": "TableName",
        "AWS::Lambda::Function": "FunctionName",
        "AWS::IAM::Role": "RoleName",
        "AWS::SecretsManager::Secret": "Name",
        "AWS::Logs::LogGroup": "LogGroupName",
    }
    for kind, name in named.items():
        assert not [key for key, each in resources(kind, **settings) if name in each.get("Properties", {})]


def test_each_zip_lists_exactly_its_unit_and_the_two_shared_packages() -> None:
    bundles = assembly(**LOCAL) / "bundles"
    held = {
        unit.name: {each.name for each in unit.iterdir() if each.name != "__pycache__"} for unit in bundles.iterdir()
    }
    assert held == {
        "api": {"api", "domain", "wire"},
        "api-docs": {"api", "domain", "wire"},
        "recognition": {"recognition", "domain", "wire"},
        "integration": {"integration", "domain", "wire"},
        "integration-recognition-results": {"integration", "recognition", "domain", "wire"},
        "edge_ml": {"edge_ml"},
    }
    assert {room.name for room in (bundles / "api/api").iterdir()} == {"ingest"}
    assert {room.name for room in (assembly() / "bundles/api-auth/api").iterdir()} == {"auth"}
    rooms = [room for bundle in bundles.iterdir() for unit in UNITS for room in (bundle / unit).glob("*")]
    assert rooms
    assert {content.name for room in rooms for content in room.iterdir()} == {"runtime"}
    assert not [*bundles.rglob("training"), *bundles.rglob("onboarding")]


def test_bundles_ship_bytecode_for_every_module() -> None:
    bundles = assembly(**LOCAL) / "bundles"
    modules = list(bundles.rglob("*.py"))
    assert modules
    assert not [each for each in modules if not list((each.parent / "__pycache__").glob(f"{each.stem}.*.pyc"))]


def test_the_account_s_edge_function_is_a_container_image_and_the_machine_s_a_zip() -> None:
    def package(**settings: str) -> set[str]:
        return {
            each["Properties"].get("PackageType", "Zip") for _, each in resources("AWS::Lambda::Function", **settings)
        }

    assert package() == {"Image", "Zip"}
    assert package(**LOCAL) == {"Zip"}


def test_with_auth_on_every_route_but_health_and_docs_wants_a_token() -> None:
    routes = {each["Properties"]["RouteKey"]: each["Properties"] for _, each in resources("AWS::ApiGatewayV2::Route")}
    open_routes = {key for key, route in routes.items() if route.get("AuthorizationType", "NONE") == "NONE"}
    assert open_routes == {"GET /health", "GET /openapi.json", "GET /docs", "GET /docs/{file}", "$default"}
    assert {route["AuthorizationType"] for key, route in routes.items() if key not in open_routes} == {"CUSTOM"}


def test_with_auth_on_the_authorizer_judges_every_request_anew_and_turns_none_away() -> None:
    ((_, authorizer),) = resources("AWS::ApiGatewayV2::Authorizer")
    said = authorizer["Properties"]
    assert (said["AuthorizerType"], said["AuthorizerPayloadFormatVersion"]) == ("REQUEST", "2.0")
    assert said["EnableSimpleResponses"] is True
    assert said["AuthorizerResultTtlInSeconds"] == 0
    assert not said.get("IdentitySource")


@BOTH
def test_every_function_behind_a_route_is_told_whether_people_sign_in(settings: dict[str, str]) -> None:
    behind = {
        f"{name.split('/')[0]}/{each['Properties']['IntegrationUri']['Fn::GetAtt'][0]}"
        for name, each in resources("AWS::ApiGatewayV2::Integration", **settings)
    }
    functions = {
        name: each["Properties"]["Environment"]["Variables"]
        for name, each in resources("AWS::Lambda::Function", **settings)
    }
    assert behind
    assert {functions[name]["AUTH"] for name in behind} == {settings.get("auth", "cognito")}


def test_nobody_signs_themselves_up_unless_the_deployer_says_so() -> None:
    def invited(**settings: str) -> set[bool]:
        pools = resources("AWS::Cognito::UserPool", **settings)
        return {each["Properties"]["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] for _, each in pools}

    assert invited() == {True}
    assert invited(sign_up="true") == {False}


def test_only_where_a_quota_is_set_may_an_upload_be_counted() -> None:
    def may_count(settings: dict[str, str]) -> bool:
        policies = {name: each for name, each in resources("AWS::IAM::Policy", **settings) if "/UploadRole" in name}
        (policy,) = policies.values()
        return any(
            "dynamodb:UpdateItem" in actions(said) for said in policy["Properties"]["PolicyDocument"]["Statement"]
        )

    assert not may_count(ACCOUNT)
    assert may_count({"daily_uploads": "100"})
    assert may_count({"daily_spend": "0.5"})


def test_with_auth_off_there_is_no_pool_and_no_token() -> None:
    assert not list(resources("AWS::Cognito::UserPool", **LOCAL))
    routes = [each["Properties"] for _, each in resources("AWS::ApiGatewayV2::Route", **LOCAL)]
    assert {route.get("AuthorizationType", "NONE") for route in routes} == {"NONE"}


def test_a_stage_is_in_the_stacks_names_only() -> None:
    manifest = json.loads((assembly(stage="blue") / "manifest.json").read_text())["artifacts"]
    assert manifest["APIStack"]["properties"]["stackName"] == "blue-APIStack"


def test_only_a_deployment_with_rekognition_may_ask_it() -> None:
    def may_ask(settings: dict[str, str]) -> bool:
        return any(REKOGNITION_ACTIONS.intersection(actions(said)) for said in statements(settings))

    assert may_ask(ACCOUNT)
    assert not may_ask(LOCAL)


def test_no_secret_stands_in_a_template() -> None:
    for stack in ("APIStack", "RekognitionStack", "IntegrationStack"):
        assert "whsec_" not in json.dumps(template(stack))
    secrets = [each["Properties"] for _, each in resources("AWS::SecretsManager::Secret")]
    assert secrets
    assert all("SecretString" not in secret for secret in secrets)
