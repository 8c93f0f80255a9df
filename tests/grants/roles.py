"""The grants of deployed roles, IAM's decisions about them, and a role without one of its grants."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from local.deployment import Deployment

Statement = dict[str, Any]


@dataclass(frozen=True, order=True)
class Grant:
    """One action that a function's role may take on the resources of a pattern."""

    function: str
    action: str
    resource: str

    def __str__(self) -> str:
        return f"{self.function}: {self.action} on {self.resource}"

    def covers(self, use: "Use") -> bool:
        """Return True if this grant allows the use."""
        return self.action == use.action and fnmatchcase(use.resource, self.resource)


@dataclass(frozen=True)
class Use:
    """One action on one resource that IAM decided."""

    action: str
    resource: str


class Roles:
    """The roles of a deployment's functions, by the functions' logical names."""

    def __init__(self, deployment: Deployment) -> None:
        self._iam = deployment.client("iam")
        functions = deployment.client("lambda").list_functions()["Functions"]
        self.functions = {
            function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]: function["FunctionName"]
            for function in functions
        }
        self._roles = {name: _role_of(function, functions) for name, function in self.functions.items()}

    def grants(self, function: str) -> list[Grant]:
        """Return all grants of the function's role."""
        pairs = {
            pair for _, statements in self._policies(function) for statement in statements for pair in _pairs(statement)
        }
        return sorted(Grant(function, *pair) for pair in pairs)

    @contextmanager
    def without(self, grant: Grant) -> Iterator[None]:
        """Remove one grant from the role for the time of the block."""
        before = self._policies(grant.function)
        for name, statements in before:
            self._put(grant.function, name, [kept for statement in statements for kept in _without(statement, grant)])
        try:
            yield
        finally:
            for name, statements in before:
                self._put(grant.function, name, statements)

    def role(self, function: str) -> str:
        """Return the name of the function's role."""
        return self._roles[function]

    def _policies(self, function: str) -> list[tuple[str, list[Statement]]]:
        role = self._roles[function]
        names = self._iam.list_role_policies(RoleName=role)["PolicyNames"]
        documents = {
            name: self._iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names
        }
        return [(name, document["Statement"]) for name, document in documents.items()]

    def _put(self, function: str, policy: str, statements: list[Statement]) -> None:
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        self._iam.put_role_policy(RoleName=self._roles[function], PolicyName=policy, PolicyDocument=document)


class Decisions:
    """The decisions in the log of the emulator's IAM."""

    def __init__(self, log: Path, roles: Roles) -> None:
        self._log, self._roles = log, roles

    def now(self) -> int:
        """Return the position at which the log ends."""
        return self._log.stat().st_size if self._log.exists() else 0

    def since(self, begin: int, function: str, *, allowed: bool = True) -> set[Use]:
        """Return the uses that the function was allowed, or refused, from a position of the log on."""
        role = f":assumed-role/{self._roles.role(function)}/"
        with self._log.open() as log:
            log.seek(begin)
            lines = [json.loads(line) for line in log]
        return {
            Use(action, on)
            for effect, principal, action, on in lines
            if (effect == "Allow") == allowed and role in principal
        }


def _role_of(function_name: str, functions: list[dict[str, Any]]) -> str:
    (role,) = [function["Role"] for function in functions if function["FunctionName"] == function_name]
    return str(role).rpartition("/")[2]


def _pairs(statement: Statement) -> list[tuple[str, str]]:
    return [(action, on) for action in _list(statement["Action"]) for on in _list(statement["Resource"])]


def _without(statement: Statement, grant: Grant) -> list[Statement]:
    """Return a statement for each pair of action and resource but the grant's."""
    kept = [pair for pair in _pairs(statement) if pair != (grant.action, grant.resource)]
    return [statement | {"Action": action, "Resource": on} for action, on in kept]


def _list(statements: str | list[str]) -> list[str]:
    return [statements] if isinstance(statements, str) else statements
