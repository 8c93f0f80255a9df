"""Write `wire/aws/models`: the parts of botocore's service models that the functions use.

Run `python -m infrastructure.aws_models` after an update of botocore, and for a call of a new operation. A test fails
where the files are not those of the pinned botocore.
"""

import ast
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from botocore import xform_name
from botocore.loaders import Loader

from wire.aws.session import API_VERSIONS

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "wire/aws/models"
CALLERS = ("api", "domain", "integration", "recognition", "wire")
"""The packages of the functions that use these models."""

_CALLED_BY_BOTOCORE = {"CreateBucket", "CreateSession", "HeadBucket", "DescribeEndpoints"}
"""Operations that botocore needs itself: for presigned forms, directory buckets, buckets of another region, endpoints
of DynamoDB."""


def main() -> None:
    """Write the file of each service, and that of the endpoints."""
    for service in API_VERSIONS:
        (FOLDER / f"{service}.json").write_text(model_file(service, names_in_code()))
    (FOLDER / "endpoints.json").write_text(endpoints_file())


def names_in_code() -> set[str]:
    """Return all attributes and texts in the functions' code, among them the operations that they call."""
    modules = (path for package in CALLERS for path in (ROOT / package).rglob("*.py"))
    return {name for path in modules for name in _names(ast.parse(path.read_text()))}


def model_file(service: str, names: Iterable[str]) -> str:
    """Return the content of a service's file: the model of the named operations, without documentation.

    Endpoint rules stay in botocore: an old one would not know the newest functions of their language.
    """
    model, wanted = Loader().load_service_model(service, "service-2", API_VERSIONS[service]), set(names)
    operations = {
        name: operation
        for name, operation in model["operations"].items()
        if {name, xform_name(name)} & wanted or name in _CALLED_BY_BOTOCORE
    }
    shapes = {name: model["shapes"][name] for name in _reachable(operations, model["shapes"])}
    return _text(model | _undocumented({"operations": operations, "shapes": shapes}))


def endpoints_file() -> str:
    """Return the content of the file of endpoints: the regions and endpoints of these services in each partition."""
    endpoints = Loader().load_data("endpoints")
    partitions = [
        partition | {"services": _used_services(partition["services"])} for partition in endpoints["partitions"]
    ]
    return _text(endpoints | {"partitions": partitions})


def _used_services(services: Mapping[str, object]) -> dict[str, object]:
    return {name: endpoints for name, endpoints in services.items() if name in API_VERSIONS}


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _reachable(operations: Mapping[str, object], shapes: Mapping[str, object]) -> list[str]:
    """Return the names of all shapes that the operations refer to, directly or through other shapes."""
    found: set[str] = set()
    new = set(_references(operations))
    while new:
        found |= new
        new = {name for shape in new for name in _references(shapes[shape])} - found
    return sorted(found)


def _references(model: object) -> Iterator[str]:
    if isinstance(model, dict):
        if isinstance(name := model.get("shape"), str):
            yield name
        model = list(model.values())
    if isinstance(model, list):
        for part in model:
            yield from _references(part)


def _undocumented(model: Any) -> Any:
    if isinstance(model, dict):
        texts = ("documentation", "documentationUrl")
        return {
            name: _undocumented(part) for name, part in model.items() if not (name in texts and isinstance(part, str))
        }
    return [_undocumented(part) for part in model] if isinstance(model, list) else model


def _text(parts: Mapping[str, object]) -> str:
    return json.dumps(parts, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    main()
