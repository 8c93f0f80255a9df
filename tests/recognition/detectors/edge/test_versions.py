"""Which version the edge function would answer with: asked once a minute."""

import io
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from domain.recognition import Model
from recognition.detectors.runtime.detector import DetectorError
from recognition.detectors.runtime.edge.detector import EdgeDetector
from recognition.detectors.runtime.edge.versions import SECONDS, EdgeVersions


@dataclass
class Edge:
    """A Lambda client for an edge function that has one model."""

    version: str = "1.0.0"
    asked: list[Any] = field(default_factory=list)

    def invoke(self, **given: Any) -> dict[str, Any]:
        """Resolve."""
        (name,) = json.loads(given["Payload"])["resolve"]
        self.asked.append(name)
        if name == "broken":
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b"{}")}
        known = {"name": "animals", "version": self.version, "digest": "abc"}
        model = {"error": {"code": "unknown_model", "detail": "No."}} if name == "lions" else known
        return {"Payload": io.BytesIO(json.dumps({"models": [model]}).encode())}


def versions(edge: Edge, *times: float) -> EdgeVersions:
    """Asked at these seconds."""
    return EdgeVersions(EdgeDetector(edge, "edge"), iter(times).__next__)


def test_a_version_is_known_for_a_minute() -> None:
    edge = Edge()
    known = versions(edge, 10, 10 + SECONDS - 1, 10 + SECONDS)
    assert known(None) == known(None) == Model("animals", "1.0.0", "abc")
    edge.version = "1.1.0"
    assert known(None) == Model("animals", "1.1.0", "abc")
    assert edge.asked == [None, None]


def test_each_name_is_asked_for_itself() -> None:
    edge = Edge()
    known = versions(edge, 0, 0, 0)
    assert (known("animals"), known("lions"), known("lions")) == (Model("animals", "1.0.0", "abc"), None, None)
    assert edge.asked == ["animals", "lions"]


def test_a_function_that_fails_is_no_answer_to_remember() -> None:
    edge = Edge()
    known = versions(edge, 0, 0)
    for _ in range(2):
        with pytest.raises(DetectorError):
            known("broken")
    assert edge.asked == ["broken", "broken"]
