"""The model version that the edge function would use: resolved once a minute."""

import io
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from domain.recognition import Model
from recognition.detectors.runtime.detector import DetectorError
from recognition.detectors.runtime.edge.versions import SECONDS, EdgeVersions
from tests.recognition.detectors.fakes import edge_detector


@dataclass
class Edge:
    """A Lambda client for an edge function with one model."""

    version: str = "1.0.0"
    names: list[Any] = field(default_factory=list)

    def invoke(self, **arguments: Any) -> dict[str, Any]:
        """Resolve one name."""
        (name,) = json.loads(arguments["Payload"])["resolve"]
        self.names.append(name)
        if name == "broken":
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b"{}")}
        animals = {"name": "animals", "version": self.version, "digest": "abc"}
        model = {"error": {"code": "unknown_model", "detail": "No."}} if name == "lions" else animals
        return {"Payload": io.BytesIO(json.dumps({"models": [model]}).encode())}


def versions(edge: Edge, *times: float) -> EdgeVersions:
    """Return the versions with a clock that shows these seconds."""
    return EdgeVersions(edge_detector(edge), iter(times).__next__)


def test_a_version_is_remembered_for_a_minute() -> None:
    edge = Edge()
    resolve = versions(edge, 10, 10 + SECONDS - 1, 10 + SECONDS)
    assert resolve(None) == resolve(None) == Model("animals", "1.0.0", "abc")
    edge.version = "1.1.0"
    assert resolve(None) == Model("animals", "1.1.0", "abc")
    assert edge.names == [None, None]


def test_each_name_is_resolved_by_itself() -> None:
    edge = Edge()
    resolve = versions(edge, 0, 0, 0)
    assert (resolve("animals"), resolve("lions"), resolve("lions")) == (Model("animals", "1.0.0", "abc"), None, None)
    assert edge.names == ["animals", "lions"]


def test_a_failure_of_the_function_is_not_remembered() -> None:
    edge = Edge()
    resolve = versions(edge, 0, 0)
    for _ in range(2):
        with pytest.raises(DetectorError):
            resolve("broken")
    assert edge.names == ["broken", "broken"]
