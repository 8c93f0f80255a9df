"""A Model: one bundle in memory, and what it sees in a picture."""

from importlib import import_module
from typing import Any, Protocol, cast

from numpy.typing import NDArray

from edge_ml.bundles.bundle import ModelBundle
from edge_ml.inference.decoders.classification import Labels
from edge_ml.inference.session import Session, Shapes
from edge_ml.pictures.decode import Picture
from edge_ml.pictures.letterbox import Size

_READERS = {
    ("detect", "yolox"): ("edge_ml.inference.decoders.yolo", "YoloX"),
    ("detect", "yolov8"): ("edge_ml.inference.decoders.yolo", "YoloV8"),
    ("segment", "yolov8"): ("edge_ml.inference.decoders.instance_segmentation", "Instances"),
    ("segment", "class_scores"): ("edge_ml.inference.decoders.semantic_segmentation", "ClassScores"),
    ("segment", "class_map"): ("edge_ml.inference.decoders.semantic_segmentation", "ClassMap"),
}
"""Who reads which answers: modules that a worker which only classifies never imports."""


class Reader(Protocol):
    """Turns a model's raw answers into detections."""

    outputs: Shapes

    def read(self, answers: list[NDArray[Any]], source: Size) -> list[dict[str, Any]]:
        """The detections in a picture whose upright original measures `source`; raises ImageError."""


class Model:
    """A loaded bundle; raises BundleError where it cannot work. `detections` may be called from several threads."""

    def __init__(self, bundle: ModelBundle) -> None:
        self.bundle = bundle
        self._reader = _reader(bundle)
        integers = bundle.output.decoding == "class_map"
        self._session = Session(bundle, self._reader.outputs, integers=integers)

    def detections(self, picture: Picture) -> list[dict[str, Any]]:
        """What is seen, best first; raises ImageError when the model fails."""
        answers = self._session.answers(self.bundle.input.tensor(picture.pixels))
        return self._reader.read(answers, picture.size)


def _reader(bundle: ModelBundle) -> Reader:
    if bundle.task == "classify":
        return Labels(bundle)
    module, name = _READERS[bundle.task, bundle.output.decoding]
    return cast(Reader, getattr(import_module(module), name)(bundle))
