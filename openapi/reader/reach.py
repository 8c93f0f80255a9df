"""The code that a route can reach, and the query parameters, JSON fields, statuses and refusals in that code."""

import ast
from collections.abc import Iterator
from functools import cache

from openapi.reader.call import Call, constant, literal, name_of, texts
from openapi.reader.refusal import Refusal, refusals
from openapi.reader.source import Definition


class Reach:
    """The definitions that one definition can reach, and the calls in them."""

    def __init__(self, start: Definition) -> None:
        self._start = start
        self._definitions = _closure(start)
        self._calls = [call for definition in self._definitions for call in _calls(definition)]

    def parameters(self) -> list[str]:
        """Return the query parameters of the route, in the order of the code."""
        return self._texts("only_query")

    def fields(self) -> list[str]:
        """Return the fields of the route's JSON body."""
        return self._texts("only_fields")

    def limits(self) -> dict[str, int]:
        """Return the maximum and the default of `limit`, if the route has its own."""
        given = [call.node.args[1:] for call in self._calls if call.name == "limit" and call.node.args[1:]]
        values = [constant(self._start.module, argument) for argument in (given[0] if given else ())]
        return {name: n for name, n in zip(("maximum", "default"), values, strict=False) if isinstance(n, int)}

    def statuses(self) -> set[int]:
        """Return the statuses of responses that are no problems."""
        calls = {literal(call.node.args[0]) for call in self._calls if call.name == "json_response" and call.node.args}
        literals = {status for definition in self._definitions for status in _literal_statuses(definition.node)}
        return {status for status in calls | literals if isinstance(status, int)}

    def refusals(self) -> set[Refusal]:
        """Return the refusals of every ApiError whose status and code can be read."""
        calls = [call for call in self._calls if call.name == "ApiError"]
        return {refusal for call in calls for refusal in refusals(call, self._calls)}

    def unreadable(self) -> list[str]:
        """Return the source of every ApiError whose codes cannot be read: the route has to declare them."""
        calls = [call for call in self._calls if call.name == "ApiError" and not refusals(call, self._calls)]
        return [ast.unparse(call.node) for call in calls]

    def raised(self, error: str) -> list[tuple[str, str]]:
        """Return the code and the detail of every error of this class."""
        given = [call.node.args for call in self._calls if call.name == error]
        return [(str(literal(code)), str(literal(detail) or "")) for code, detail in given if literal(code)]

    def _texts(self, function: str) -> list[str]:
        names = [text for call in self._calls if call.name == function for text in texts(call)]
        return list(dict.fromkeys(names))


def _closure(start: Definition) -> list[Definition]:
    """Return the definition, the definitions in this repository of all names in it, and so on.

    A method of a class is included if its name occurs as an attribute anywhere: the object of a call is not known
    without running the code. All methods of a class with a base class are included, as the base class may call them.
    """
    reached: dict[ast.AST, Definition] = {}
    methods: list[Definition] = []
    attributes: set[str] = set()
    queue = [start]
    while queue:
        definition = queue.pop(0)
        if definition.node in reached:
            continue
        reached[definition.node] = definition
        if isinstance(definition.node, ast.ClassDef):
            (queue if definition.node.bases else methods).extend(_methods(definition))
        else:
            attributes |= _attributes(definition)
            queue += _names(definition)
        queue += [method for method in methods if _called(method, attributes)]
    return list(reached.values())


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
def _names(definition: Definition) -> list[Definition]:
    """Return the definitions of the names in a definition, without its local names."""
    nodes = list(ast.walk(definition.node))
    own = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    names = [node for node in nodes if not (isinstance(node, ast.Name) and node.id in own)]
    return [found for node in names if (found := definition.module.find(node))]


@cache
def _calls(definition: Definition) -> list[Call]:
    nodes = () if isinstance(definition.node, ast.ClassDef) else ast.walk(definition.node)
    return [Call(definition, name_of(node.func), node) for node in nodes if isinstance(node, ast.Call)]


def _literal_statuses(node: ast.AST) -> Iterator[object]:
    for child in ast.walk(node):
        if isinstance(child, ast.Dict):
            items = {literal(key): value for key, value in zip(child.keys, child.values, strict=True) if key}
            if "statusCode" in items:
                yield literal(items["statusCode"])
