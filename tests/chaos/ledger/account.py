"""An Account of the ledger: what was to be expected, what was found, how the difference is explained, what is not."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Account:
    """`explained` counts differences by their reason; `unexplained` names each difference that has none."""

    name: str
    expected: int
    found: int
    explained: dict[str, int] = field(default_factory=dict)
    unexplained: list[str] = field(default_factory=list)

    @classmethod
    def comparing(cls, name: str, expected: Iterable[object], found: Iterable[object]) -> "Account":
        """Two sets that have to be equal."""
        wanted, there = set(expected), set(found)
        account = cls(name, len(wanted), len(there))
        account.unexplained += [f"missing: {each}" for each in sorted(map(str, wanted - there))]
        account.unexplained += [f"not expected: {each}" for each in sorted(map(str, there - wanted))]
        return account

    def because(self, reason: str, count: int = 1) -> None:
        """So many differences have this reason."""
        if count:
            self.explained[reason] = self.explained.get(reason, 0) + count

    def __str__(self) -> str:
        said = "; ".join(f"{count} {reason}" for reason, count in sorted(self.explained.items()))
        return f"{self.name:34}{self.expected:>8}{self.found:>8}{len(self.unexplained):>6}   {said}".rstrip()
