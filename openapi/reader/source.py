"""The functions' code, read and never run: what a name stands for, wherever it was defined."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, eq=False, slots=True)
class Definition:
    """A function, a class, or the value of a constant, and the module it stands in."""

    module: "Module"
    node: ast.AST

    def followed(self) -> Self:
        """What it stands for, where it is only another name."""
        named = self.module.find(self.node) if isinstance(self.node, ast.Name | ast.Attribute) else None
        return type(self)(named.module, named.node).followed() if named else self

    @property
    def docstring(self) -> str:
        """The docstring of a function or a class, else nothing."""
        holds = isinstance(self.node, ast.FunctionDef | ast.ClassDef)
        return (ast.get_docstring(self.node) or "") if holds else ""  # type: ignore[arg-type]


class Module:
    """One module of this repository."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._definitions: dict[str, ast.AST] = {}
        self._imports: dict[str, tuple[str, str]] = {}
        self._made: dict[str, Definition] = {}
        for node in ast.parse(_file(name).read_text()).body:
            self._keep(node)

    def find(self, node: ast.AST) -> Definition | None:
        """What a name, or an attribute of a module, stands for; None where it is not of this repository."""
        if isinstance(node, ast.Name):
            return self.named(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in self._imports:
            imported = _module(".".join(self._imports[node.value.id]))
            return imported.named(node.attr) if imported else None
        return None

    def named(self, name: str) -> Definition | None:
        """What a name of this module stands for."""
        if name in self._definitions:
            return self._made.setdefault(name, Definition(self, self._definitions[name]))
        where, there = self._imports.get(name, ("", ""))
        imported = _module(where)
        return imported.named(there) if imported else None

    def defines(self, name: str) -> bool:
        """Whether the module itself gives that name a value."""
        return name in self._definitions

    def _keep(self, node: ast.stmt) -> None:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            self._definitions[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            self._definitions |= {each.id: node.value for each in targets if isinstance(each, ast.Name)}
        elif isinstance(node, ast.ImportFrom):
            self._imports |= {each.asname or each.name: (node.module or "", each.name) for each in node.names}


def route_table(name: str) -> dict[str, Definition]:
    """The ROUTES of a handler's module: what answers each route key, its wrappers still around it."""
    table = read(name).named("ROUTES")
    assert table, f"{name} has no ROUTES"
    assert isinstance(table.node, ast.Dict), f"the ROUTES of {name} are no dict that can be read"
    keys = [ast.literal_eval(key) for key in table.node.keys if key]
    return {key: Definition(table.module, value) for key, value in zip(keys, table.node.values, strict=True)}


@cache
def read(name: str) -> Module:
    """The module of this name."""
    return Module(name)


def _module(name: str) -> Module | None:
    return read(name) if name and _file(name).is_file() else None


def _file(name: str) -> Path:
    return ROOT / f"{name.replace('.', '/')}.py"
