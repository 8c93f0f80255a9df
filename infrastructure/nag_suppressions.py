"""Suppressed findings of cdk-nag, each with its reason, and findings of checkov suppressed at single constructs.

checkov.yaml has the checks of checkov that are skipped everywhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from settings import Settings


@dataclass(frozen=True, slots=True)
class Suppression:
    """The id of a rule, the construct paths (a pattern) where its findings are suppressed, and the reason."""

    rule: str
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class ObjectWildcard:
    """A grant of a function on all objects of a bucket whose keys match, and the reason why it is not narrower."""

    function: str
    bucket: str
    keys: str
    reason: str


ALWAYS = (
    Suppression(
        "AwsSolutions-L1",
        "*",
        "Functions run on the Python that synthesized them: their bundles hold the bytecode of that interpreter.",
    ),
    Suppression("Serverless-LambdaLatestVersion", "*", "As for AwsSolutions-L1."),
    Suppression(
        "Serverless-LambdaDLQ",
        "*",
        "No function is invoked asynchronously: callers wait for the response, and queues have dead-letter queues.",
    ),
    Suppression(
        "Serverless-LambdaEventSourceMappingDestination",
        "*/SqsEventSource:*",
        "Lambda supports no such destination for SQS; failed messages go to the dead-letter queue of their queue.",
    ),
    Suppression("Serverless-SQSRedrivePolicy", "*Dead/Resource", "This queue is a dead-letter queue."),
    Suppression(
        "AwsSolutions-IAM5[Resource::*]",
        "*Role/DefaultPolicy/Resource",
        "X-Ray and Rekognition's operations support no resources; a test checks that no other action has a wildcard.",
    ),
    Suppression(
        "Serverless-APIGWStructuredLogging",
        "APIStack/Stage/Resource",
        "A line is JSON once API Gateway has put in the message of an error, with its quotes; a test reads such lines.",
    ),
    Suppression(
        "AwsSolutions-SMG4",
        "IntegrationStack/SigningKey/Resource",
        "Every subscriber's secret derives from this key: a rotation would break all. Subscribers rotate their own.",
    ),
)

WITH_ALARM_EMAIL = (
    Suppression(
        "Serverless-SNSRedrivePolicy",
        "APIStack/Alarms/*/Resource",
        "The subscriber is an e-mail address; the dashboard and the alarm's history show a lost notification.",
    ),
)

WITH_AUTH = (
    Suppression(
        "AwsSolutions-COG2",
        "APIStack/Users/Resource",
        "Callers are programs that sign in with a password; a second factor needs a person at every sign-in.",
    ),
    Suppression(
        "AwsSolutions-COG8",
        "APIStack/Users/Resource",
        "The Plus plan costs per user and month; a deployer who needs its risk checks enables it for the pool.",
    ),
    Suppression("AwsSolutions-APIG4", "APIStack/* --health/Resource", "Monitors call it; it returns only ok."),
    Suppression("AwsSolutions-APIG4", "APIStack/* --openapi.json/Resource", "It describes the API, no data."),
    Suppression("AwsSolutions-APIG4", "APIStack/* --docs*/Resource", "A page that shows the description."),
    Suppression("AwsSolutions-APIG4", "APIStack/$default/Resource", "It returns 404 for unknown paths."),
)

PASS_THROUGH = (
    Suppression(
        "Serverless-LambdaTracing",
        "*",
        "The deployer left tracing=pass_through: X-Ray would cost more than a function where images come one by one.",
    ),
)

WITHOUT_AUTH = (
    Suppression("AwsSolutions-APIG4", "*", "The deployer set auth=none: all routes are public, as documented."),
)

ON_ONE_MACHINE = (
    Suppression("AwsSolutions-S10", "*", "The emulator supports plain HTTP only, on the loopback interface."),
    Suppression("AwsSolutions-SNS3", "*", "As for AwsSolutions-S10."),
    Suppression("AwsSolutions-SQS4", "*", "As for AwsSolutions-S10."),
)

_NO_LOGS_OF_LOGS = "The bucket receives the access logs of other buckets; logs of its own would be endless."
_WRITTEN_ONCE = "Access logs are written once and expire after ninety days."

CHECKOV = (
    Suppression("CKV_AWS_18", "*AccessLogs/Resource", _NO_LOGS_OF_LOGS),
    Suppression("CKV_AWS_21", "*AccessLogs/Resource", _WRITTEN_ONCE),
    Suppression(
        "CKV_AWS_21",
        "RekognitionStack/Derived/Resource",
        "Its pictures can be made again, and the erasure of an image must leave no older version.",
    ),
)

_ANY_IMAGE = "Each image has a new key; objects that are put by hand may have any key."
_ANY_DERIVED = "One object per image and kind of picture, made on request."

WILDCARDS = (
    ObjectWildcard("APIStack/Upload", "APIStack/Images", "images/*", "The key holds the id of the upload."),
    ObjectWildcard("RekognitionStack/Edge", "APIStack/Images", "*", _ANY_IMAGE),
    ObjectWildcard("RekognitionStack/Edge", "RekognitionStack/Models", "models/*", "Bundles may be added at any time."),
    ObjectWildcard("RekognitionStack/Edge", "RekognitionStack/Derived", "*", _ANY_DERIVED),
    ObjectWildcard("RekognitionStack/Recognize", "APIStack/Images", "*", _ANY_IMAGE),
    ObjectWildcard("RekognitionStack/Recognize", "RekognitionStack/Derived", "*", _ANY_DERIVED),
    ObjectWildcard("RekognitionStack/Images", "APIStack/Images", "*", _ANY_IMAGE),
    ObjectWildcard("RekognitionStack/Images", "RekognitionStack/Derived", "*", _ANY_DERIVED),
    ObjectWildcard("RekognitionStack/Erase", "APIStack/Images", "*", _ANY_IMAGE),
    ObjectWildcard("RekognitionStack/Erase", "RekognitionStack/Derived", "*", _ANY_DERIVED),
    ObjectWildcard("RekognitionStack/Export", "APIStack/Images", "*", _ANY_IMAGE),
    ObjectWildcard("RekognitionStack/Export", "RekognitionStack/Derived", "exports/*", "One file per export."),
)


def review(app: cdk.App, settings: Settings) -> None:
    """Have both rule packs of cdk-nag check every synthesis of the app; a finding that is not suppressed fails it."""
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    resources = {node.node.path: node for node in app.node.find_all() if isinstance(node, cdk.CfnResource)}
    for suppression in suppressions(app, settings):
        for scope in [app] if suppression.path == "*" else _matches(suppression, resources):
            acknowledgment = cdk.Acknowledgment(id=suppression.rule, reason=suppression.reason)
            cdk.Validations.of(scope).acknowledge(acknowledgment)
    for suppression in CHECKOV:
        for resource in _matches(suppression, resources):
            skipped = (resource.get_metadata("checkov") or {"skip": []})["skip"]
            skip = {"id": suppression.rule, "comment": suppression.reason}
            resource.add_metadata("checkov", {"skip": [*skipped, skip]})


def _matches(suppression: Suppression, resources: Mapping[str, cdk.CfnResource]) -> list[cdk.CfnResource]:
    return [resource for path, resource in resources.items() if fnmatchcase(path, suppression.path)]


def suppressions(app: cdk.App, settings: Settings) -> Iterator[Suppression]:
    """Yield the suppressions of a deployment with these settings."""
    yield from ALWAYS
    yield from WITH_AUTH if settings.auth == "cognito" else WITHOUT_AUTH
    yield from PASS_THROUGH if settings.tracing == "pass_through" else ()
    yield from ON_ONE_MACHINE if settings.loopback else ()
    yield from WITH_ALARM_EMAIL if settings.alarm_email else ()
    for wildcard in WILDCARDS:
        rule = f"AwsSolutions-IAM5[Resource::{_arn(app, wildcard)}/{wildcard.keys}]"
        yield Suppression(rule, f"{wildcard.function}Role/DefaultPolicy/Resource", wildcard.reason)


def _arn(app: cdk.App, wildcard: ObjectWildcard) -> str:
    """Return the bucket's ARN as cdk-nag writes it: a reference within its stack, elsewhere the name of the export."""
    home, _, name = wildcard.bucket.partition("/")
    stack = app.node.find_child(home)
    assert isinstance(stack, cdk.Stack)
    bucket = stack.node.find_child(name)
    assert isinstance(bucket, s3.Bucket)
    if wildcard.function.startswith(f"{home}/"):
        resource = bucket.node.default_child
        assert isinstance(resource, s3.CfnBucket)
        return f"<{stack.get_logical_id(resource)}.Arn>"
    return str(stack.resolve(stack.export_value(bucket.bucket_arn))["Fn::ImportValue"])
