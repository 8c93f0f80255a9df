"""Refusals: each ApiError's status and code, written there, or read off the error that it is made of."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from openapi.reader.call import Call, literal
from openapi.reader.source import Definition


@dataclass(frozen=True, order=True, slots=True)
class Refusal:
    """A status, a code, the sentence that goes with it where it is always the same, and the headers it bears."""

    status: int
    code: str
    detail: str = ""
    retryable: bool = False
    headers: tuple[str, ...] = ()


def refusals(call: Call, among: Iterable[Call]) -> list[Refusal]:
    """What one `ApiError(status, code, detail)` can be; `among` are the calls that may have raised what it catches."""
    status, code, detail = call.node.args[:3]
    named = {each.arg: literal(each.value) for each in call.node.keywords if each.arg}
    headers = tuple(name.replace("_", "-") for name in named if name != "retryable")
    raised = [(_text(code), _text(detail))] if _text(code) else _raised(call, code, among)
    return [
        Refusal(number, each, sentence, named.get("retryable") is True, headers)
        for each, sentence in raised
        if (number := _status(status, each, call.definition))
    ]


def _raised(call: Call, code: ast.expr, among: Iterable[Call]) -> list[tuple[str, str]]:
    """The codes and sentences of the exceptions that the handler around the call catches."""
    caught = set(_caught(call))
    if not (caught and isinstance(code, ast.Attribute) and code.attr == "code"):
        return []
    given = [each.node.args for each in among if each.name in caught and len(each.node.args) > 1]
    return sorted({(_text(code), _text(detail)) for code, detail, *_ in given if _text(code)})


def _caught(call: Call) -> Iterator[str]:
    for handler in ast.walk(call.definition.node):
        if isinstance(handler, ast.ExceptHandler) and handler.type and call.node in ast.walk(handler):
            types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            yield from (each.id for each in types if isinstance(each, ast.Name))


def _status(written: ast.expr, code: str, beside: Definition) -> int | None:
    """A number; or `table[code]`, `table.get(code, number)`, `number if error.code == "…" else number`."""
    if isinstance(written, ast.IfExp):
        return _status(written.body if _is(written.test, code) else written.orelse, code, beside)
    if isinstance(written, ast.Subscript):
        return _table(written.value, beside).get(code)
    if isinstance(written, ast.Call) and isinstance(written.func, ast.Attribute):
        otherwise = literal(written.args[-1])
        return _table(written.func.value, beside).get(code, otherwise if isinstance(otherwise, int) else 500)
    number = literal(written)
    return number if isinstance(number, int) else None


def _is(test: ast.expr, code: str) -> bool:
    return isinstance(test, ast.Compare) and literal(test.comparators[0]) == code


def _table(name: ast.expr, beside: Definition) -> Mapping[str, int]:
    value = Definition(beside.module, name).followed().node
    return dict(ast.literal_eval(value)) if isinstance(value, ast.Dict) else {}


def _text(node: ast.expr) -> str:
    value = literal(node)
    return value if isinstance(value, str) else ""
