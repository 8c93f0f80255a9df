"""Promises of the templates, over all three stacks, with the settings of an account and those of one machine.

They hold for every resource of a kind, so that a new queue, function or bucket needs no change here.
"""

import json
import re
from typing import Any

import pytest

from domain.detectors import DETECTORS
from openapi.rooms import UNITS
from tests.api.test_http_api import ACCESS_LOGS
from tests.stacks import LOCAL, ROOT, assembly, resources, template
from wire.aws.retry_policy import DELIVERIES, EVENTS, UPLOADS

ACCOUNT: dict[str, str] = {}
REKOGNITION_ACTIONS = {f"rekognition:{spec.rekognition.operation}" for spec in DETECTORS.values() if spec.rekognition}
BOTH = pytest.mark.parametrize("settings", [ACCOUNT, LOCAL], ids=["account", "local"])


def statements(settings: dict[str, str]) -> list[dict[str, Any]]:
    """Return every statement of every function's role."""
    policies = [policy["Properties"] for _, policy in resources("AWS::IAM::Policy", **settings)]
    return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


def actions(statement: dict[str, Any]) -> list[str]:
    """Return a statement's actions as a list."""
    return statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]


@BOTH
def test_every_queue_has_a_dead_letter_queue_of_its_own_that_keeps_messages_two_weeks(settings: dict[str, str]) -> None:
    queues = {name: queue["Properties"] for name, queue in resources("AWS::SQS::Queue", **settings)}
    redrives = {name: queue["RedrivePolicy"] for name, queue in queues.items() if "RedrivePolicy" in queue}
    targets = [
        f"{name.split('/')[0]}/{redrive['deadLetterTargetArn']['Fn::GetAtt'][0]}" for name, redrive in redrives.items()
    ]
    assert targets
    assert sorted(targets) == sorted(set(queues) - set(redrives))
    longest = max(policy.tries for policy in (UPLOADS, EVENTS, DELIVERIES))
    assert all(redrive["maxReceiveCount"] >= 10 * longest for redrive in redrives.values())
    assert all(queues[name]["MessageRetentionPeriod"] == 14 * 86_400 for name in targets)


@BOTH
def test_every_subscription_of_a_queue_is_raw_and_has_dead_letters(settings: dict[str, str]) -> None:
    subscriptions = [subscription["Properties"] for _, subscription in resources("AWS::SNS::Subscription", **settings)]
    assert subscriptions
    for subscription in subscriptions:
        assert subscription["Protocol"] == "sqs"
        assert subscription["RawMessageDelivery"] is True
        assert "deadLetterTargetArn" in subscription["RedrivePolicy"]


@BOTH
def test_every_queue_hides_a_message_six_times_as_long_as_its_function_may_take(settings: dict[str, str]) -> None:
    functions = dict(resources("AWS::Lambda::Function", **settings))
    queues = dict(resources("AWS::SQS::Queue", **settings))
    for name, source in resources("AWS::Lambda::EventSourceMapping", **settings):
        stack = name.split("/")[0]
        timeout = functions[f"{stack}/{source['Properties']['FunctionName']['Ref']}"]["Properties"]["Timeout"]
        arn = json.dumps(source["Properties"]["EventSourceArn"])
        (queue,) = [queue for key, queue in queues.items() if key.split("/")[1] in arn]
        waits = source["Properties"]["MaximumBatchingWindowInSeconds"]
        assert queue["Properties"]["VisibilityTimeout"] >= 6 * timeout + waits


@BOTH
def test_every_batch_fails_by_item(settings: dict[str, str]) -> None:
    sources = dict(resources("AWS::Lambda::EventSourceMapping", **settings))
    live = [queue for _, queue in resources("AWS::SQS::Queue", **settings) if "RedrivePolicy" in queue["Properties"]]
    assert len(sources) == len(live)
    for source in sources.values():
        assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert source["Properties"]["BatchSize"] == 10


@BOTH
def test_no_role_has_a_wildcard_action_or_a_managed_policy(settings: dict[str, str]) -> None:
    assert not [action for statement in statements(settings) for action in actions(statement) if "*" in action]
    assert not [
        name for name, role in resources("AWS::IAM::Role", **settings) if "ManagedPolicyArns" in role["Properties"]
    ]


@BOTH
def test_wildcard_resources_are_for_services_that_support_no_others(settings: dict[str, str]) -> None:
    wildcards = [statement for statement in statements(settings) if statement["Resource"] == "*"]
    everywhere = {action for statement in wildcards for action in actions(statement)}
    assert everywhere <= {"xray:PutTraceSegments", "xray:PutTelemetryRecords"} | REKOGNITION_ACTIONS


@BOTH
def test_only_erase_may_delete_originals_and_the_edge_function_derived_pictures(settings: dict[str, str]) -> None:
    """The edge function removes a picture that it derived from an image which was erased meanwhile."""
    may = {
        (name.split("/")[1].split("Role")[0], action): json.dumps(statement["Resource"])
        for name, policy in resources("AWS::IAM::Policy", **settings)
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        for action in actions(statement)
        if action.startswith("s3:Delete")
    }
    originals, derived = (
        ("Erase", "s3:DeleteObjectVersion"),
        {("Erase", "s3:DeleteObject"), ("Edge", "s3:DeleteObject")},
    )
    assert may.keys() == {originals} | derived, sorted(may)
    assert "APIStack:ExportsOutput" in may[originals]
    assert "Images" in may[originals]
    assert all("Derived" in may[grant] and "Images" not in may[grant] for grant in derived)


@BOTH
def test_every_function_is_traced_by_its_setting(settings: dict[str, str]) -> None:
    functions = dict(resources("AWS::Lambda::Function", **settings))
    assert functions
    assert {function["Properties"]["TracingConfig"]["Mode"] for function in functions.values()} == {"PassThrough"}
    traced = dict(resources("AWS::Lambda::Function", **settings, tracing="active"))
    assert {function["Properties"]["TracingConfig"]["Mode"] for function in traced.values()} == {"Active"}


@pytest.mark.parametrize(
    ("level", "own", "application"), [("warning", "WARN", None), ("info", "WARN", None), ("debug", "DEBUG", "DEBUG")]
)
def test_every_function_logs_at_the_level_of_its_setting(level: str, own: str, application: str | None) -> None:
    """Lambda leaves out no line at INFO: the metrics that functions print have no level, and count as such."""
    for _, function in resources("AWS::Lambda::Function", log_level=level):
        logging, variables = (function["Properties"][name] for name in ("LoggingConfig", "Environment"))
        assert (logging["LogFormat"], logging["SystemLogLevel"]) == ("JSON", own)
        assert logging.get("ApplicationLogLevel") == application
        assert variables["Variables"]["POWERTOOLS_LOG_LEVEL"] == level.upper()


@pytest.mark.parametrize(("settings", "seconds"), [(ACCOUNT, 1), (LOCAL, 0), ({"batching_seconds": "5"}, 5)])
def test_every_queue_gathers_batches_as_long_as_its_setting_says(settings: dict[str, str], seconds: int) -> None:
    sources = [source["Properties"] for _, source in resources("AWS::Lambda::EventSourceMapping", **settings)]
    assert {source["MaximumBatchingWindowInSeconds"] for source in sources} == {seconds}


@BOTH
def test_a_function_is_created_after_the_grants_of_its_role(settings: dict[str, str]) -> None:
    for name, function in resources("AWS::Lambda::Function", **settings):
        role = function["Properties"]["Role"]["Fn::GetAtt"][0]
        (policy,) = function["DependsOn"]
        attached = template(name.split("/")[0], **settings)["Resources"][policy]["Properties"]["Roles"]
        assert attached == [{"Ref": role}]


@BOTH
def test_only_the_api_may_invoke_functions_by_a_resource_policy(settings: dict[str, str]) -> None:
    permissions = [permission["Properties"] for _, permission in resources("AWS::Lambda::Permission", **settings)]
    invokers = {permission["Principal"] for permission in permissions}
    assert invokers == {"apigateway.amazonaws.com"}


@BOTH
def test_every_log_is_kept_for_thirty_days(settings: dict[str, str]) -> None:
    groups = dict(resources("AWS::Logs::LogGroup", **settings))
    assert {group["Properties"].get("RetentionInDays") for group in groups.values()} == {30}
    functions = dict(resources("AWS::Lambda::Function", **settings))
    used = {function["Properties"]["LoggingConfig"]["LogGroup"]["Ref"] for function in functions.values()}
    assert len(used) == len(functions)


@BOTH
def test_every_bucket_but_those_of_access_logs_has_access_logs(settings: dict[str, str]) -> None:
    buckets = {name: bucket["Properties"] for name, bucket in resources("AWS::S3::Bucket", **settings)}
    logs = {name for name in buckets if "AccessLogs" in name}
    assert set(buckets) > logs
    assert {name for name, bucket in buckets.items() if "LoggingConfiguration" not in bucket} == logs


@BOTH
def test_stacks_depend_one_way(settings: dict[str, str]) -> None:
    manifest = json.loads((assembly(**settings) / "manifest.json").read_text())["artifacts"]
    dependencies = {
        name: {stack for stack in manifest[name].get("dependencies", ()) if stack.endswith("Stack")}
        for name in ("APIStack", "RekognitionStack", "IntegrationStack")
    }
    assert dependencies == {
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
        given = {
            key: resource["Properties"][name]
            for key, resource in resources(kind, **settings)
            if name in resource.get("Properties", {})
        }
        assert set(given) <= {f"APIStack/{ACCESS_LOGS}"}  # its name holds that of the stack


def test_each_zip_lists_exactly_its_unit_and_the_two_shared_packages() -> None:
    bundles = assembly(**LOCAL) / "bundles"
    held = {
        bundle.name: {folder.name for folder in bundle.iterdir() if folder.name != "__pycache__"}
        for bundle in bundles.iterdir()
    }
    assert held == {
        "api": {"api", "domain", "wire"},
        "api-docs": {"api", "domain", "wire"},
        "recognition": {"recognition", "domain", "wire"},
        "integration": {"integration", "domain", "wire"},
        "integration-recognition-results": {"integration", "recognition", "domain", "wire"},
        "edge_ml": {"edge_ml"},
    }
    with_zips_of_their_own = {file.parent.name for file in ROOT.glob("api/*/requirements.txt")}
    rooms_of_api = {folder.parent.name for folder in ROOT.glob("api/*/runtime")} - with_zips_of_their_own
    assert {room.name for room in (bundles / "api/api").iterdir()} == rooms_of_api
    assert {room.name for room in (assembly() / "bundles/api-auth/api").iterdir()} == {"auth"}
    rooms = [room for bundle in bundles.iterdir() for unit in UNITS for room in (bundle / unit).glob("*")]
    assert rooms
    assert {content.name for room in rooms for content in room.iterdir()} == {"runtime"}
    assert not [*bundles.rglob("training"), *bundles.rglob("onboarding")]


def test_bundles_ship_bytecode_for_every_module() -> None:
    bundles = assembly(**LOCAL) / "bundles"
    modules = list(bundles.rglob("*.py"))
    assert modules
    assert not [module for module in modules if not list((module.parent / "__pycache__").glob(f"{module.stem}.*.pyc"))]


def test_the_account_s_edge_function_is_a_container_image_and_the_machine_s_a_zip() -> None:
    def package(**settings: str) -> set[str]:
        functions = resources("AWS::Lambda::Function", **settings)
        return {function["Properties"].get("PackageType", "Zip") for _, function in functions}

    assert package() == {"Image", "Zip"}
    assert package(**LOCAL) == {"Zip"}


def test_with_auth_every_route_except_for_health_and_docs_needs_a_token() -> None:
    properties = [route["Properties"] for _, route in resources("AWS::ApiGatewayV2::Route")]
    routes = {route["RouteKey"]: route for route in properties}
    open_routes = {key for key, route in routes.items() if route.get("AuthorizationType", "NONE") == "NONE"}
    open_paths = ("/health", "/openapi.json", "/docs", "/docs/{file}")
    assert open_routes == {"$default", *(f"{method} {path}" for method in ("GET", "HEAD") for path in open_paths)}
    assert {route["AuthorizationType"] for key, route in routes.items() if key not in open_routes} == {"CUSTOM"}


def test_every_get_has_a_head_beside_it() -> None:
    routes = {
        route["Properties"]["RouteKey"]: route["Properties"] for _, route in resources("AWS::ApiGatewayV2::Route")
    }
    paths = {key.removeprefix("GET ") for key in routes if key.startswith("GET ")}
    assert paths == {key.removeprefix("HEAD ") for key in routes if key.startswith("HEAD ")}
    for path in paths:
        get, head = ({**routes[f"{method} {path}"], "RouteKey": path} for method in ("GET", "HEAD"))
        assert get == head


def test_the_authorizer_checks_every_request_without_a_cache_and_refuses_none() -> None:
    ((_, authorizer),) = resources("AWS::ApiGatewayV2::Authorizer")
    properties = authorizer["Properties"]
    assert (properties["AuthorizerType"], properties["AuthorizerPayloadFormatVersion"]) == ("REQUEST", "2.0")
    assert properties["EnableSimpleResponses"] is True
    assert properties["AuthorizerResultTtlInSeconds"] == 0
    assert not properties.get("IdentitySource")


@BOTH
def test_every_function_behind_a_route_has_the_setting_auth(settings: dict[str, str]) -> None:
    behind = {
        f"{name.split('/')[0]}/{integration['Properties']['IntegrationUri']['Fn::GetAtt'][0]}"
        for name, integration in resources("AWS::ApiGatewayV2::Integration", **settings)
    }
    functions = {
        name: function["Properties"]["Environment"]["Variables"]
        for name, function in resources("AWS::Lambda::Function", **settings)
    }
    assert behind
    assert {functions[name]["AUTH"] for name in behind} == {settings.get("auth", "cognito")}


def test_people_sign_themselves_up_only_if_the_deployer_allows_it() -> None:
    def invited(**settings: str) -> set[bool]:
        pools = resources("AWS::Cognito::UserPool", **settings)
        return {pool["Properties"]["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] for _, pool in pools}

    assert invited() == {True}
    assert invited(sign_up="true") == {False}


def test_the_upload_function_may_count_only_with_a_quota() -> None:
    def may_count(settings: dict[str, str]) -> bool:
        policies = resources("AWS::IAM::Policy", **settings)
        (policy,) = [policy["Properties"] for name, policy in policies if "/UploadRole" in name]
        return any("dynamodb:UpdateItem" in actions(statement) for statement in policy["PolicyDocument"]["Statement"])

    assert not may_count(ACCOUNT)
    assert may_count({"daily_uploads": "100"})
    assert may_count({"daily_spend": "0.5"})


def test_without_auth_there_is_no_pool_and_no_token() -> None:
    assert not list(resources("AWS::Cognito::UserPool", **LOCAL))
    routes = [route["Properties"] for _, route in resources("AWS::ApiGatewayV2::Route", **LOCAL)]
    assert {route.get("AuthorizationType", "NONE") for route in routes} == {"NONE"}


def test_a_stage_is_in_the_stacks_names_only() -> None:
    manifest = json.loads((assembly(stage="blue") / "manifest.json").read_text())["artifacts"]
    assert manifest["APIStack"]["properties"]["stackName"] == "blue-APIStack"


def test_only_a_deployment_with_rekognition_may_call_it() -> None:
    def may_call(settings: dict[str, str]) -> bool:
        return any(REKOGNITION_ACTIONS.intersection(actions(statement)) for statement in statements(settings))

    assert may_call(ACCOUNT)
    assert not may_call(LOCAL)


def test_no_template_holds_a_secret() -> None:
    for stack in ("APIStack", "RekognitionStack", "IntegrationStack"):
        assert "whsec_" not in json.dumps(template(stack))
    ((_, secret),) = resources("AWS::SecretsManager::Secret")
    assert "SecretString" not in secret["Properties"]


def test_only_the_functions_that_sign_may_read_the_secret() -> None:
    reading = {
        name.split("/")[1].split("Role")[0]
        for name, policy in resources("AWS::IAM::Policy")
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if "secretsmanager:GetSecretValue" in actions(statement)
    }
    assert reading == {"Webhooks", "Deliver"}


def test_the_page_on_deploying_names_everything_that_stays_after_a_destruction() -> None:
    kinds = {
        "AWS::S3::Bucket": "buckets",
        "AWS::DynamoDB::Table": "tables",
        "AWS::SecretsManager::Secret": "secret",
        "AWS::Cognito::UserPool": "the user pool",
    }
    stay: dict[str, list[str]] = {}
    for stack in ("APIStack", "RekognitionStack", "IntegrationStack"):
        for logical_id, resource in template(stack)["Resources"].items():
            if resource.get("DeletionPolicy", "Delete") != "Delete":
                stay.setdefault(kinds[resource["Type"]], []).append(logical_id[:-8])
    page = (ROOT / "docs/deploy.md").read_text().partition("## Remove a deployment")[2]
    for kind, names in stay.items():
        row = next(row for row in page.splitlines() if row.startswith("| ") and kind in row)
        assert sorted(re.findall("`(.*?)`", row)) == sorted(names)
        assert kind == "the user pool" or row.startswith(f"| {len(names)} {kind}")
