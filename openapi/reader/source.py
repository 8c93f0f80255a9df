"""Parsed modules of this repository, and the definitions of the names in them; no code is run."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, eq=False, slots=True)
class Definition:
    """A function, a class, or the value of a constant, and its module."""

    module: "Module"
    node: ast.AST

    def followed(self) -> Self:
        """Return the definition that a name refers to, through further names; return itself if it is no name."""
        target = self.module.find(self.node) if isinstance(self.node, ast.Name | ast.Attribute) else None
        return type(self)(target.module, target.node).followed() if target else self


class Module:
    """One module of this repository."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._definitions: dict[str, ast.AST] = {}
        self._imports: dict[str, tuple[str, str]] = {}
        self._cache: dict[str, Definition] = {}
        for node in ast.parse(_file(name).read_text()).body:
            self._keep(node)

    def find(self, node: ast.AST) -> Definition | None:
        """Return the definition of a name, or of an attribute of a module; None if it is not of this repository."""
        if isinstance(node, ast.Name):
            return self.named(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in self._imports:
            imported = _module(".".join(self._imports[node.value.id]))
            return imported.named(node.attr) if imported else None
        return None

    def named(self, name: str) -> Definition | None:
        """Return the definition of a name of this module; None if it is not of this repository."""
        if name in self._definitions:
            return self._cache.setdefault(name, Definition(self, self._definitions[name]))
        module, original = self._imports.get(name, ("", ""))
        imported = _module(module)
        return imported.named(original) if imported else None

    def defines(self, name: str) -> bool:
        """Return whether the module itself defines this name."""
        return name in self._definitions

    def _keep(self, node: ast.stmt) -> None:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            self._definitions[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            self._definitions |= {target.id: node.value for target in targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.ImportFrom):
            self._imports |= {alias.asname or alias.name: (node.module or "", alias.name) for alias in node.names}


def route_table(name: str) -> dict[str, Definition]:
    """Return the value of each route key in the ROUTES of a handler's module: a function, or calls that wrap one."""
    table = read(name).named("ROUTES")
    assert table, f"{name} has no ROUTES"
    assert isinstance(table.node, ast.Dict), f"the ROUTES of {name} are not a dict literal"
    keys = [ast.literal_eval(key) for key in table.node.keys if key]
    return {key: Definition(table.module, value) for key, value in zip(keys, table.node.values, strict=True)}


@cache
def read(name: str) -> Module:
    """Return the module of this dotted name."""
    return Module(name)


def _module(name: str) -> Module | None:
    return read(name) if name and _file(name).is_file() else None


def _file(name: str) -> Path:
    return ROOT / f"{name.replace('.', '/')}.py"
