"""What the code that answers a route can come to, following every name it mentions: parameters, answers, refusals."""

import ast
from collections.abc import Iterator
from functools import cache

from openapi.reader.call import Call, constant, literal, name_of, texts
from openapi.reader.refusal import Refusal, refusals
from openapi.reader.source import Definition


class Reach:
    """All that one definition leads to."""

    def __init__(self, start: Definition) -> None:
        self._start = start
        self._definitions = _closure(start)
        self._calls = [call for each in self._definitions for call in _calls(each)]

    def parameters(self) -> list[str]:
        """The query parameters that are known, in the order the code names them."""
        return self._texts("only_query")

    def fields(self) -> list[str]:
        """The fields of a JSON body that are known."""
        return self._texts("only_fields")

    def limits(self) -> dict[str, int]:
        """The most and the usual number of items of a list, where they are this route's own."""
        given = [call.node.args[1:] for call in self._calls if call.name == "limit" and call.node.args[1:]]
        values = [constant(self._start.module, each) for each in (given[0] if given else ())]
        return {name: n for name, n in zip(("maximum", "default"), values, strict=False) if isinstance(n, int)}

    def statuses(self) -> set[int]:
        """The statuses of answers that are no problems."""
        replies = {
            literal(call.node.args[0]) for call in self._calls if call.name == "json_response" and call.node.args
        }
        written = {status for each in self._definitions for status in _written_statuses(each.node)}
        return {status for status in replies | written if isinstance(status, int)}

    def refusals(self) -> set[Refusal]:
        """Every ApiError whose status and code the code spells out, or an error's own table does."""
        return {made for call in self._calls if call.name == "ApiError" for made in refusals(call, self._calls)}

    def untold(self) -> list[str]:
        """The ApiErrors whose code comes from elsewhere: the route has to say which those can be."""
        made = [call for call in self._calls if call.name == "ApiError" and not refusals(call, self._calls)]
        return [ast.unparse(call.node) for call in made]

    def raised(self, error: str) -> list[tuple[str, str]]:
        """The codes and sentences of every error of that name."""
        given = [call.node.args for call in self._calls if call.name == error]
        return [(str(literal(code)), str(literal(detail) or "")) for code, detail in given if literal(code)]

    def _texts(self, function: str) -> list[str]:
        found = [text for call in self._calls if call.name == function for text in texts(call)]
        return list(dict.fromkeys(found))


def _closure(start: Definition) -> list[Definition]:
    """The definition, and all of this repository that it mentions, and so on.

    Of a class those methods whose names are mentioned anywhere, for who is asked for what is not known without running;
    of one with a base class all, for its base may call them.
    """
    seen: dict[ast.AST, Definition] = {}
    asleep: list[Definition] = []
    attributes: set[str] = set()
    waiting = [start]
    while waiting:
        each = waiting.pop(0)
        if each.node in seen:
            continue
        seen[each.node] = each
        if isinstance(each.node, ast.ClassDef):
            (waiting if each.node.bases else asleep).extend(_methods(each))
        else:
            attributes |= _attributes(each)
            waiting += _mentioned(each)
        waiting += [method for method in asleep if _called(method, attributes)]
    return list(seen.values())


@cache
def _methods(definition: Definition) -> list[Definition]:
    assert isinstance(definition.node, ast.ClassDef)
    return [Definition(definition.module, node) for node in definition.node.body if isinstance(node, ast.FunctionDef)]


@cache
def _attributes(definition: Definition) -> set[str]:
    return {node.attr for node in ast.walk(definition.node) if isinstance(node, ast.Attribute)}


def _called(method: Definition, attributes: set[str]) -> bool:
    assert isinstance(method.node, ast.FunctionDef)
    return method.node.name in attributes or method.node.name.startswith("__")


@cache
def _mentioned(definition: Definition) -> list[Definition]:
    nodes = list(ast.walk(definition.node))
    own = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    names = [node for node in nodes if not (isinstance(node, ast.Name) and node.id in own)]
    return [found for node in names if (found := definition.module.find(node))]


@cache
def _calls(definition: Definition) -> list[Call]:
    nodes = () if isinstance(definition.node, ast.ClassDef) else ast.walk(definition.node)
    return [Call(definition, name_of(node.func), node) for node in nodes if isinstance(node, ast.Call)]


def _written_statuses(node: ast.AST) -> Iterator[object]:
    for each in ast.walk(node):
        if isinstance(each, ast.Dict):
            said = {literal(key): value for key, value in zip(each.keys, each.values, strict=True) if key}
            if "statusCode" in said:
                yield literal(said["statusCode"])
