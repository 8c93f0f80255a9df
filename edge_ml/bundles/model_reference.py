"""How callers name a model: `name` for its newest version, `name@version` for exactly that one."""

from collections.abc import Iterable
from typing import NamedTuple, Self

NAME_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._-]{0,47}"
VERSION_PATTERN = r"(?:0|[1-9][0-9]{0,5})(?:\.(?:0|[1-9][0-9]{0,5})){2}"
"""Regular expressions of the names and versions that a bundle may have."""


class ModelIdentity(NamedTuple):
    """One version of one model; versions compare by their three numbers."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def version_numbers(self) -> tuple[int, ...]:
        """The version as numbers, which sort from old to new."""
        return tuple(int(number) for number in self.version.split(".") if number)


class ModelReference(NamedTuple):
    """A caller's reference to a model; no version means the newest."""

    name: str
    version: str | None

    def __str__(self) -> str:
        return f"{self.name}@{self.version}" if self.version else self.name

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `name` or `name@version`."""
        name, _, version = text.partition("@")
        return cls(name, version or None)

    def newest(self, identities: Iterable[ModelIdentity]) -> ModelIdentity | None:
        """Return the newest of the identities that match, or None."""
        matches = [
            identity for identity in identities
            if identity.name == self.name and self.version in (None, identity.version)
        ]  # fmt: skip
        return max(matches, key=lambda identity: identity.version_numbers, default=None)
