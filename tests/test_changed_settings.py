"""Every setting may be changed on a deployed app as docs/settings.md says: all pairs of values are synthesized.

CloudFormation refuses to remove or to change an exported value that another stack imports, and a resource that is
replaced or removed leaves its data behind.
"""

import json
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

import app
from infrastructure import bundles
from settings import Settings
from tests.stacks import ROOT, composed

STACKS = ("APIStack", "RekognitionStack", "IntegrationStack")
"""In the order of their deployment."""

NEEDED = {"detector": {"rekognition": "true"}, "rekognition": {"detector": "edge"}}
"""Other settings without which some values of a setting are invalid."""

Template = dict[str, Any]
Templates = dict[str, Template]


@cache
def templates(**settings: str) -> Templates:
    """Return the templates with these settings, without bytecode in the zips and without cdk-nag."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundles, "_compile", lambda folder: None)
        patch.setattr(app, "review", lambda app, settings: None)
        directory = Path(composed(**settings).synth().directory)
    return {stack: json.loads((directory / f"{stack}.template.json").read_text()) for stack in STACKS}


def with_value(name: str, value: str) -> Templates:
    """Return the templates with this value; a default value gives those without settings."""
    given = NEEDED.get(name, {}) | ({} if value in ("", default(name)) else {name: value})
    return templates(**given)


def default(name: str) -> str:
    """Return a setting's default as on the command line."""
    return str(getattr(Settings(), name)).lower()


def faults(before: Templates, after: Templates, order: tuple[str, ...] = STACKS) -> Iterator[str]:
    """Yield why the stacks cannot be updated one after another, or what they would leave behind."""
    deployed = dict(before)
    for stack in order:
        others = [template for name, template in deployed.items() if name != stack]
        found = (*export_faults(deployed[stack], after[stack], others), *resource_faults(deployed[stack], after[stack]))
        yield from (f"{stack}: {fault}" for fault in found)
        deployed[stack] = after[stack]


def export_faults(old: Template, new: Template, others: list[Template]) -> Iterator[str]:
    """Yield the exports that other stacks import and that would change, and the imports that nobody exports."""
    gone = replaced(old, new)
    used = {name for template in others for name in imports(template)}
    for name in sorted(used & exports(old).keys()):
        value = exports(new).get(name)
        if value != exports(old)[name] or any(mentions(value, logical_id) for logical_id in gone):
            yield f"the export {name} is imported, and vanishes or changes"
    available = {name for template in others for name in exports(template)}
    yield from (f"the import {name} is not exported" for name in sorted(imports(new) - available))


def resource_faults(old: Template, new: Template) -> Iterator[str]:
    """Yield the resources of a stack that cannot be updated, and the retained ones that would be left behind."""
    gone = replaced(old, new)
    for logical_id, resource in old["Resources"].items():
        known = new["Resources"].get(logical_id)
        if known and known["Type"] != resource["Type"]:
            yield f"{logical_id} would have another type"
        if resource.get("DeletionPolicy") == "Retain" and (known is None or logical_id in gone):
            yield f"the retained {logical_id} is removed or replaced"


def replaced(old: Template, new: Template) -> set[str]:
    """Return the logical ids of the resources that CloudFormation replaces.

    A property that can be set on creation only has changed, or names a resource that is replaced.
    """
    gone: set[str] = set()
    while True:
        found = {
            logical_id
            for logical_id, resource in new["Resources"].items()
            if (known := old["Resources"].get(logical_id)) and is_replaced(known, resource, gone)
        }
        if found == gone:
            return gone
        gone = found


def is_replaced(old: dict[str, Any], new: dict[str, Any], gone: set[str]) -> bool:
    for name in created_with(new["Type"]):
        before, after = (resource.get("Properties", {}).get(name) for resource in (old, new))
        if before != after or any(mentions(after, logical_id) for logical_id in gone):
            return True
    return False


@cache
def created_with(kind: str) -> list[str]:
    """Return the properties of a resource type that cannot be changed."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    paths = [*schema.get("createOnlyProperties", ()), *schema.get("conditionalCreateOnlyProperties", ())]
    return [path.split("/")[2] for path in paths]


def exports(template: Template) -> dict[str, Any]:
    outputs = template.get("Outputs", {}).values()
    return {output["Export"]["Name"]: output["Value"] for output in outputs if "Export" in output}


def imports(node: object) -> set[str]:
    """Return the names of all imports in a template."""
    if isinstance(node, dict):
        own = {node["Fn::ImportValue"]} if "Fn::ImportValue" in node else set()
        return own.union(*map(imports, node.values()))
    return set().union(*map(imports, node)) if isinstance(node, list) else set()


def mentions(node: object, logical_id: str) -> bool:
    """Return True if a value refers to a resource."""
    text = json.dumps(node)
    return f'{{"Ref": "{logical_id}"}}' in text or f'{{"Fn::GetAtt": ["{logical_id}"' in text


def changes(name: str) -> list[tuple[str, str]]:
    """Return all pairs of a setting's values, before and after."""
    kind = Settings.__dataclass_fields__[name].metadata["kind"]
    return list(permutations(dict.fromkeys((*kind.examples, default(name))), 2))


ONE_STEP = [field.name for field in fields(Settings) if field.metadata["change"] == "yes"]
OTHERS = {field.name for field in fields(Settings)} - set(ONE_STEP)


@pytest.mark.parametrize("name", ONE_STEP)
def test_a_setting_may_be_changed_by_one_deployment(name: str) -> None:
    for before, after in changes(name):
        found = list(faults(with_value(name, before), with_value(name, after)))
        assert not found, f"{name}={before} to {after}: {found}"


def test_the_other_settings_are_those_with_a_way_of_their_own() -> None:
    assert {"stage", "auth", "shards"} == OTHERS


@pytest.mark.parametrize(("before", "after"), [("1", "4"), ("1", "16"), ("4", "16")])
def test_shards_are_raised_by_one_deployment(before: str, after: str) -> None:
    assert not list(faults(with_value("shards", before), with_value("shards", after)))


def test_sign_in_is_turned_off_by_the_two_steps_of_the_docs() -> None:
    on, off = with_value("auth", "cognito"), with_value("auth", "none")
    later = ("RekognitionStack", "IntegrationStack")
    assert f"--exclusively {' '.join(later)}" in (ROOT / "docs/deploy.md").read_text()
    assert list(faults(on, off))
    assert not list(faults(on, off, later))
    pool = list(faults(on | {stack: off[stack] for stack in later}, off))
    assert pool == ["APIStack: the retained Users0A0EEA89 is removed or replaced"]


def test_sign_in_is_turned_on_by_one_deployment() -> None:
    assert not list(faults(with_value("auth", "none"), with_value("auth", "cognito")))


def test_another_stage_is_another_deployment() -> None:
    assert templates(stage="blue")["APIStack"]["Resources"].keys() == templates()["APIStack"]["Resources"].keys()


def test_the_check_finds_an_export_that_vanishes_or_changes_and_a_table_that_is_replaced() -> None:
    before, after = templates(), json.loads(json.dumps(templates()))
    name = next(iter(imports(before["RekognitionStack"])))
    outputs = after["APIStack"]["Outputs"]
    key = next(key for key, output in outputs.items() if output.get("Export", {}).get("Name") == name)
    del outputs[key]
    after["RekognitionStack"]["Resources"]["Index4A79713B"]["Properties"]["KeySchema"].pop()
    found = list(faults(before, after))
    assert f"APIStack: the export {name} is imported, and vanishes or changes" in found
    assert "RekognitionStack: the retained Index4A79713B is removed or replaced" in found
    packaged = templates(edge_package="zip")["RekognitionStack"]
    assert replaced(before["RekognitionStack"], packaged) >= {"Edge7038544F"}
