"""What `add` prints: what was found, what was guessed, what the model said, and what to do next."""

from collections.abc import Iterable, Sequence
from typing import Any

from edge_ml.onboarding.proposal.findings import FOUND, GIVEN, GUESSED, Finding, Findings

_HEADINGS = {
    FOUND: "Found in the file",
    GUESSED: "Guessed, because the file does not say; each has an option (--help)",
    GIVEN: "As you said",
}
_LONGEST = 44


def findings(proposed: Findings) -> Iterable[str]:
    """Lines that tell each field, grouped by how it came about."""
    width = max(len(field) for field, _ in proposed)
    for how, heading in _HEADINGS.items():
        lines = [f"  {field:{width}}  {_told(finding)}" for field, finding in proposed if finding.how == how]
        if lines:
            yield from (f"{heading}:", *lines, "")


def detections(seen: Sequence[dict[str, Any]]) -> str:
    """The best three in one line."""
    return ", ".join(f"{each['label']} {each['confidence']:.0%}" for each in seen[:3]) or "nothing"


def _told(finding: Finding) -> str:
    value = finding.value if isinstance(finding.value, str) else _short(finding.value)
    return f"{value}   ({finding.why})" if finding.why else str(value)


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(",", 1)[0] + ", …"
