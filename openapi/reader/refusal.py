"""Refusals: the status and code of each ApiError, read from literals or from the exception that the code handles."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from openapi.reader.call import Call, literal
from openapi.reader.source import Definition


@dataclass(frozen=True, order=True, slots=True)
class Refusal:
    """The description of one ApiError: status, code, the detail if it is constant, and the names of the headers."""

    status: int
    code: str
    detail: str = ""
    retryable: bool = False
    headers: tuple[str, ...] = ()


def refusals(call: Call, among: Iterable[Call]) -> list[Refusal]:
    """Return the refusals of one `ApiError(status, code, detail)`.

    `among` are the calls that may construct the exceptions that the `except` clause around the call catches.
    """
    status, code, detail = call.node.args[:3]
    keywords = {keyword.arg: literal(keyword.value) for keyword in call.node.keywords if keyword.arg}
    headers = tuple(name.replace("_", "-") for name in keywords if name != "retryable")
    retryable = keywords.get("retryable") is True
    raised = [(_text(code), _text(detail))] if _text(code) else _raised(call, code, among)
    return [
        Refusal(number, name, sentence, retryable, headers)
        for name, sentence in raised
        if (number := _status(status, name, call.definition))
    ]


def _raised(call: Call, code: ast.expr, among: Iterable[Call]) -> list[tuple[str, str]]:
    """Return the codes and details of the exceptions that the `except` clause around the call catches."""
    caught = set(_caught(call))
    if not (caught and isinstance(code, ast.Attribute) and code.attr == "code"):
        return []
    given = [other.node.args for other in among if other.name in caught and len(other.node.args) > 1]
    return sorted({(_text(code), _text(detail)) for code, detail, *_ in given if _text(code)})


def _caught(call: Call) -> Iterator[str]:
    for handler in ast.walk(call.definition.node):
        if isinstance(handler, ast.ExceptHandler) and handler.type and call.node in ast.walk(handler):
            types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            yield from (name.id for name in types if isinstance(name, ast.Name))


def _status(status: ast.expr, code: str, context: Definition) -> int | None:
    """Read a number, `table[code]`, `table.get(code, n)` or `n if error.code == "…" else m`; None for anything else."""
    if isinstance(status, ast.IfExp):
        return _status(status.body if _compares_with(status.test, code) else status.orelse, code, context)
    if isinstance(status, ast.Subscript):
        return _table(status.value, context).get(code)
    if isinstance(status, ast.Call) and isinstance(status.func, ast.Attribute):
        default = literal(status.args[-1])
        return _table(status.func.value, context).get(code, default if isinstance(default, int) else 500)
    number = literal(status)
    return number if isinstance(number, int) else None


def _compares_with(test: ast.expr, code: str) -> bool:
    return isinstance(test, ast.Compare) and literal(test.comparators[0]) == code


def _table(name: ast.expr, context: Definition) -> Mapping[str, int]:
    value = Definition(context.module, name).followed().node
    return dict(ast.literal_eval(value)) if isinstance(value, ast.Dict) else {}


def _text(node: ast.expr) -> str:
    value = literal(node)
    return value if isinstance(value, str) else ""
