"""What cdk-nag finds and we leave as it is, each with its reason; and what checkov finds at single constructs.

What checkov finds everywhere stands in checkov.yaml.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from settings import Settings


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A rule that is not followed at these constructs (a pattern of their paths), and why."""

    rule: str
    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Keys:
    """A function that may do something with all objects of a bucket whose keys match, and why no fewer."""

    function: str
    bucket: str
    keys: str
    reason: str


ALWAYS = (
    Acknowledgement(
        "AwsSolutions-L1",
        "*",
        "Functions run on the Python that synthesised: the bytecode in their bundles is that interpreter's.",
    ),
    Acknowledgement("Serverless-LambdaLatestVersion", "*", "As for AwsSolutions-L1."),
    Acknowledgement(
        "Serverless-LambdaDLQ",
        "*",
        "No function is invoked asynchronously: callers wait for an answer, and queues have dead letters themselves.",
    ),
    Acknowledgement(
        "Serverless-LambdaEventSourceMappingDestination",
        "*/SqsEventSource:*",
        "Lambda takes no such destination for a queue; what fails goes to the queue's own dead letters.",
    ),
    Acknowledgement("Serverless-SQSRedrivePolicy", "*Dead/Resource", "It is a queue of dead letters."),
    Acknowledgement(
        "AwsSolutions-IAM5[Resource::*]",
        "*Role/DefaultPolicy/Resource",
        "X-Ray and Rekognition's operations know no resources; a test holds that nothing else is granted on all.",
    ),
    Acknowledgement(
        "AwsSolutions-SMG4",
        "IntegrationStack/SigningKey/Resource",
        "Every subscriber's secret derives from this key: rotating it would break them all. Subscribers rotate theirs.",
    ),
    Acknowledgement(
        "AwsSolutions-SMG4",
        "APIStack/CursorKey/Resource",
        "What it signs is read within minutes; to rotate it is to put another value, and readers begin anew.",
    ),
)

WITH_ALARM_EMAIL = (
    Acknowledgement(
        "Serverless-SNSRedrivePolicy",
        "APIStack/Alarms/*/Resource",
        "A person's e-mail: what could not be brought still stands on the dashboard and in the alarm's history.",
    ),
)

WITH_AUTH = (
    Acknowledgement(
        "AwsSolutions-COG2",
        "APIStack/Users/Resource",
        "Callers are programs that sign in with a password; a second factor needs a person at every sign-in.",
    ),
    Acknowledgement(
        "AwsSolutions-COG8",
        "APIStack/Users/Resource",
        "The Plus plan costs per user and month; whoever wants its risk checks switches it on for the pool.",
    ),
    Acknowledgement("AwsSolutions-APIG4", "APIStack/GET --health/Resource", "Monitors ask it; it says only: alive."),
    Acknowledgement("AwsSolutions-APIG4", "APIStack/GET --openapi.json/Resource", "It describes the API, no data."),
    Acknowledgement("AwsSolutions-APIG4", "APIStack/GET --docs*/Resource", "A page that shows the description."),
    Acknowledgement("AwsSolutions-APIG4", "APIStack/$default/Resource", "It answers 404 to every path we lack."),
)

WITHOUT_AUTH = (
    Acknowledgement("AwsSolutions-APIG4", "*", "The deployer set auth=none: everything is public, as the README says."),
)

ON_ONE_MACHINE = (
    Acknowledgement("AwsSolutions-S10", "*", "The emulator speaks plain HTTP only, on the loopback interface."),
    Acknowledgement("AwsSolutions-SNS3", "*", "As for AwsSolutions-S10."),
    Acknowledgement("AwsSolutions-SQS4", "*", "As for AwsSolutions-S10."),
)

_ENDS_HERE = "It receives the access logs of other buckets: its own would log their arrival, and so on."
_NEVER_REPLACED = "Access logs are written once, and go after ninety days."

CHECKOV = (
    Acknowledgement("CKV_AWS_18", "*AccessLogs/Resource", _ENDS_HERE),
    Acknowledgement("CKV_AWS_21", "*AccessLogs/Resource", _NEVER_REPLACED),
    Acknowledgement(
        "CKV_AWS_21",
        "RekognitionStack/Derived/Resource",
        "All in it is made anew when asked for; and what is erased with its image must leave no older version.",
    ),
)

_ANY_IMAGE = "Keys are made as images come; what is put by hand may have any."
_ANY_DERIVED = "One object for each image and way of showing it, made as they are asked for."

WILDCARDS = (
    Keys("APIStack/Upload", "APIStack/Images", "images/*", "A key holds an id that is made with the upload."),
    Keys("RekognitionStack/Edge", "APIStack/Images", "*", _ANY_IMAGE),
    Keys("RekognitionStack/Edge", "RekognitionStack/Models", "models/*", "Bundles are dropped in at any time."),
    Keys("RekognitionStack/Edge", "RekognitionStack/Derived", "*", _ANY_DERIVED),
    Keys("RekognitionStack/Recognize", "APIStack/Images", "*", _ANY_IMAGE),
    Keys("RekognitionStack/Recognize", "RekognitionStack/Derived", "*", _ANY_DERIVED),
    Keys("RekognitionStack/Images", "APIStack/Images", "*", _ANY_IMAGE),
    Keys("RekognitionStack/Images", "RekognitionStack/Derived", "*", _ANY_DERIVED),
    Keys("RekognitionStack/Erase", "APIStack/Images", "*", _ANY_IMAGE),
    Keys("RekognitionStack/Erase", "RekognitionStack/Derived", "*", _ANY_DERIVED),
    Keys("RekognitionStack/Export", "APIStack/Images", "*", _ANY_IMAGE),
    Keys("RekognitionStack/Export", "RekognitionStack/Derived", "exports/*", "A file for each export, named by it."),
)


def review(app: cdk.App, settings: Settings) -> None:
    """Have both packs judge every synthesis of the app: what is not acknowledged here fails it."""
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    resources = {each.node.path: each for each in app.node.find_all() if isinstance(each, cdk.CfnResource)}
    for each in acknowledged(app, settings):
        for place in [app] if each.where == "*" else _at(each, resources):
            cdk.Validations.of(place).acknowledge(cdk.Acknowledgment(id=each.rule, reason=each.reason))
    for each in CHECKOV:
        for resource in _at(each, resources):
            skipped = (resource.get_metadata("checkov") or {"skip": []})["skip"]
            resource.add_metadata("checkov", {"skip": [*skipped, {"id": each.rule, "comment": each.reason}]})


def _at(given: Acknowledgement, resources: Mapping[str, cdk.CfnResource]) -> list[cdk.CfnResource]:
    return [resource for path, resource in resources.items() if fnmatchcase(path, given.where)]


def acknowledged(app: cdk.App, settings: Settings) -> Iterator[Acknowledgement]:
    """What is acknowledged in a deployment with these settings."""
    yield from ALWAYS
    yield from WITH_AUTH if settings.auth == "cognito" else WITHOUT_AUTH
    yield from ON_ONE_MACHINE if settings.loopback else ()
    yield from WITH_ALARM_EMAIL if settings.alarm_email else ()
    for each in WILDCARDS:
        rule = f"AwsSolutions-IAM5[Resource::{_arn(app, each)}/{each.keys}]"
        yield Acknowledgement(rule, f"{each.function}Role/DefaultPolicy/Resource", each.reason)


def _arn(app: cdk.App, wildcard: Keys) -> str:
    """The bucket's ARN as cdk-nag writes it: a reference within its stack, elsewhere the name of the export."""
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
