"""The printed report of `add`: the fields found, guessed and given, and detections."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from edge_ml.onboarding.proposal.findings import FOUND, GIVEN, GUESSED, Finding, Findings

if TYPE_CHECKING:
    from edge_ml.protocol import Detection

_HEADINGS = {
    FOUND: "Found in the file",
    GUESSED: "Guessed, because the file does not say; each has an option (--help)",
    GIVEN: "As you said",
}
_MAX_LENGTH = 44


def finding_lines(proposal: Findings) -> Iterator[str]:
    """Yield a line per field, grouped by the source of its value."""
    width = max(len(field) for field, _ in proposal)
    for source, heading in _HEADINGS.items():
        lines = [f"  {field:{width}}  {_text(finding)}" for field, finding in proposal if finding.source == source]
        if lines:
            yield from (f"{heading}:", *lines, "")


def detection_line(detections: "Sequence[Detection]") -> str:
    """Return the best three detections in one line."""
    best = (f"{detection['label']} {detection['confidence']:.0%}" for detection in detections[:3])
    return ", ".join(best) or "nothing"


def box_lines(detections: "Sequence[Detection]") -> Iterator[str]:
    """Yield a line for each of the best ten detections with a box: its place in fractions of the picture's sides."""
    for detection in detections[:10]:
        if place := detection.get("box"):
            sides = ", ".join(f"{side} {place[side]:.3f}" for side in ("left", "top", "width", "height"))
            yield f"  {detection['label']} {detection['confidence']:.0%}: {sides}"


def _text(finding: Finding) -> str:
    value = finding.value if isinstance(finding.value, str) else _shorten(finding.value)
    return f"{value}   ({finding.reason})" if finding.reason else value


def _shorten(value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    texts = [f'"{element}"' if "," in str(element) else str(element) for element in value]
    line = ", ".join(texts)
    while len(line) > _MAX_LENGTH and len(texts) > 1:
        texts.pop()
        line = ", ".join([*texts, "…"])
    return line
