"""A Figure: a measured value with its goal."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured value, and the bound that it should keep, if any."""

    name: str
    value: float
    at_most: float | None = None
    at_least: float | None = None
    unit: str = ""

    def __str__(self) -> str:
        goal, met = self._goal()
        return f"{self.name:<66} {self.value:>9.3f} {self.unit:<6} {goal:<8} {met}"

    def _goal(self) -> tuple[str, str]:
        if self.at_most is not None:
            return f"≤ {self.at_most:g}", "met" if self.value <= self.at_most else "missed"
        if self.at_least is not None:
            return f"≥ {self.at_least:g}", "met" if self.value >= self.at_least else "missed"
        return "", ""
