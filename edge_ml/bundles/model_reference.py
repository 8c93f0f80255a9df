"""How a caller names a model: `name` for its newest version, `name@version` for exactly that one."""

from collections.abc import Iterable
from typing import NamedTuple, Self


class Identity(NamedTuple):
    """One version of one model; versions compare by their three numbers."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def age(self) -> tuple[int, ...]:
        """Grows with the version."""
        return tuple(int(number) for number in self.version.split(".") if number)


class Reference(NamedTuple):
    """What a caller asks for."""

    name: str
    version: str | None

    def __str__(self) -> str:
        return f"{self.name}@{self.version}" if self.version else self.name

    @classmethod
    def parse(cls, asked: str) -> Self:
        """Read `name` or `name@version`."""
        name, _, version = asked.partition("@")
        return cls(name, version or None)

    def newest(self, identities: Iterable[Identity]) -> Identity | None:
        """The newest of those that are meant, or None."""
        meant = [each for each in identities if each.name == self.name and self.version in (None, each.version)]
        return max(meant, key=lambda each: each.age, default=None)
