"""The ways of messages through the templates: which resource sends to, or invokes, which."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.stacks import Resource, resources, template

STACKS = ("APIStack", "RekognitionStack", "IntegrationStack")
SENDS = ("sqs:SendMessage", "sns:Publish", "s3:PutObject", "lambda:InvokeFunction", "lambda:InvokeAsync")
"""The prefixes of the actions by which a function causes a message or an invocation."""

Edge = tuple[str, str]


def edges(**settings: str) -> set[Edge]:
    """Return the pairs (sender, receiver) of resources, each as `stack/logical id`."""
    return {
        *_grants(**settings),
        *_pairs("AWS::Lambda::EventSourceMapping", "EventSourceArn", "FunctionName", **settings),
        *_pairs("AWS::SNS::Subscription", "TopicArn", "Endpoint", **settings),
        *_targets("AWS::S3::Bucket", "NotificationConfiguration", **settings),
        *_targets("AWS::SQS::Queue", "RedrivePolicy", **settings),
        *_targets("AWS::SNS::Subscription", "RedrivePolicy", **settings),
    }


def in_loops(pairs: set[Edge]) -> set[str]:
    """Return the resources that are downstream of themselves."""
    senders = {sender for sender, _ in pairs}
    return {sender for sender in senders if sender in _downstream(sender, pairs)}


def references(stack: str, value: object, **settings: str) -> set[str]:
    """Return the resources that a value of a template names, also through exports, as `stack/logical id`."""
    found: set[str] = set()
    for key, inner in _intrinsics(value):
        if key == "Fn::ImportValue":
            found |= _exports(**settings)[str(inner)]
        else:
            found.add(f"{stack}/{inner if key == 'Ref' else inner[0]}")
    return found


def _downstream(start: str, pairs: set[Edge]) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        current = waiting.pop()
        following = {receiver for sender, receiver in pairs if sender == current} - reached
        reached |= following
        waiting += following
    return reached


def _grants(**settings: str) -> Iterator[Edge]:
    """Yield each function with each resource that its role may send to."""
    for name, policy in resources("AWS::IAM::Policy", **settings):
        stack, roles = name.split("/")[0], {role["Ref"] for role in policy["Properties"].get("Roles", ())}
        targets = {
            target
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]
            if _sends(statement)
            for target in references(stack, statement["Resource"], **settings)
        }
        for function, resource in resources("AWS::Lambda::Function", **settings):
            if function.startswith(stack) and resource["Properties"]["Role"]["Fn::GetAtt"][0] in roles:
                yield from ((function, target) for target in targets)


def _sends(statement: dict[str, Any]) -> bool:
    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    return any(action.startswith(SENDS) for action in actions)


def _pairs(kind: str, source: str, target: str, **settings: str) -> Iterator[Edge]:
    for name, resource in resources(kind, **settings):
        yield from _product(name.split("/")[0], resource, source, target, **settings)


def _product(stack: str, resource: Resource, source: str, target: str, **settings: str) -> Iterator[Edge]:
    properties = resource["Properties"]
    for sender in references(stack, properties[source], **settings):
        yield from ((sender, receiver) for receiver in references(stack, properties[target], **settings))


def _targets(kind: str, attribute: str, **settings: str) -> Iterator[Edge]:
    for name, resource in resources(kind, **settings):
        targets = references(name.split("/")[0], resource.get("Properties", {}).get(attribute, {}), **settings)
        yield from ((name, target) for target in targets)


@cache
def _exports(**settings: str) -> dict[str, set[str]]:
    """Return the resources behind each exported name."""
    return {
        output["Export"]["Name"]: references(stack, output["Value"])
        for stack in STACKS
        for output in template(stack, **settings).get("Outputs", {}).values()
        if "Export" in output
    }


def _intrinsics(value: object) -> Iterator[tuple[str, Any]]:
    """Yield each Ref, Fn::GetAtt and Fn::ImportValue within a value, except for pseudo parameters."""
    if isinstance(value, list):
        for inner in value:
            yield from _intrinsics(inner)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in ("Fn::GetAtt", "Fn::ImportValue") or (key == "Ref" and not inner.startswith("AWS::")):
                yield key, inner
            else:
                yield from _intrinsics(inner)
