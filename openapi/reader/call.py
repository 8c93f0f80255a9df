"""A call as the code spells it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from openapi.reader.source import Definition, Module


@dataclass(frozen=True, eq=False, slots=True)
class Call:
    """Who is called, by what name, from within which definition."""

    definition: Definition
    name: str
    node: ast.Call


def name_of(node: ast.expr) -> str:
    """The last name of what is called, or nothing where it has none."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def literal(node: ast.expr | None) -> object:
    """The value that is written there, None where none is."""
    return node.value if isinstance(node, ast.Constant) else None


def constant(module: Module, node: ast.expr) -> object:
    """The value that is written there, or that the name there stands for."""
    value = Definition(module, node).followed().node
    return value.value if isinstance(value, ast.Constant) else None


def texts(call: Call) -> Iterator[str]:
    """The texts among a call's arguments, constants that hold some included."""
    for argument in call.node.args:
        yield from _texts(call.definition, argument)


def _texts(beside: Definition, written: ast.expr) -> Iterator[str]:
    node = written.value if isinstance(written, ast.Starred) else written
    value = Definition(beside.module, node).followed()
    if isinstance(value.node, ast.Constant) and isinstance(value.node.value, str):
        yield value.node.value
    elif isinstance(value.node, ast.Tuple | ast.List):
        for each in value.node.elts:
            yield from _texts(value, each)
