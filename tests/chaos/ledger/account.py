"""One account of the ledger: expected and found counts, explained differences, and unexplained ones."""

from collections.abc import Iterable
from dataclasses import dataclass, field

ERASED_SINCE = "of an image erased since"
"""A reason of several accounts."""


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
        """Return the account of two sets that must be equal."""
        wanted, present = set(expected), set(found)
        account = cls(name, len(wanted), len(present))
        account.unexplained += [f"missing: {item}" for item in sorted(map(str, wanted - present))]
        account.unexplained += [f"not expected: {item}" for item in sorted(map(str, present - wanted))]
        return account

    def explain(self, reason: str, count: int = 1) -> None:
        """Explain `count` differences by this reason."""
        if count:
            self.explained[reason] = self.explained.get(reason, 0) + count

    def __str__(self) -> str:
        reasons = "; ".join(f"{count} {reason}" for reason, count in sorted(self.explained.items()))
        return f"{self.name:34}{self.expected:>8}{self.found:>8}{len(self.unexplained):>6}   {reasons}".rstrip()
