"""A call in the code, and the constants among its arguments."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from openapi.reader.source import Definition, Module


@dataclass(frozen=True, eq=False, slots=True)
class Call:
    """A call: the definition that contains it, the last name of the called object, the node."""

    definition: Definition
    name: str
    node: ast.Call


def name_of(node: ast.expr) -> str:
    """Return the last name of a called expression; empty if it has none."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def literal(node: ast.expr | None) -> object:
    """Return the value of a literal, or None."""
    return node.value if isinstance(node, ast.Constant) else None


def constant(module: Module, node: ast.expr) -> object:
    """Return the value of a literal, or of the constant that a name refers to, or None."""
    value = Definition(module, node).followed().node
    return value.value if isinstance(value, ast.Constant) else None


def texts(call: Call) -> Iterator[str]:
    """Yield the texts among a call's arguments, and those in constants that the arguments refer to."""
    for argument in call.node.args:
        yield from _texts(call.definition, argument)


def _texts(context: Definition, expression: ast.expr) -> Iterator[str]:
    node = expression.value if isinstance(expression, ast.Starred) else expression
    value = Definition(context.module, node).followed()
    if isinstance(value.node, ast.Constant) and isinstance(value.node.value, str):
        yield value.node.value
    elif isinstance(value.node, ast.Tuple | ast.List):
        for element in value.node.elts:
            yield from _texts(value, element)
