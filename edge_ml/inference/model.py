"""A model in memory: one bundle, its session and its decoder."""

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from edge_ml.bundles.bundle import ModelBundle
from edge_ml.inference.decoders.classification import ClassificationDecoder
from edge_ml.inference.session import Array, Session, Shapes
from edge_ml.pictures.decode import Picture
from edge_ml.pictures.size import Size

if TYPE_CHECKING:
    from edge_ml.protocol import Detection

_DECODERS = {
    ("detect", "yolox"): ("edge_ml.inference.decoders.yolo", "YoloXDecoder"),
    ("detect", "yolov8"): ("edge_ml.inference.decoders.yolo", "YoloV8Decoder"),
    ("detect", "yolov5"): ("edge_ml.inference.decoders.candidates", "YoloV5Decoder"),
    ("detect", "yolox_decoded"): ("edge_ml.inference.decoders.candidates", "YoloV5Decoder"),
    ("detect", "rtdetr"): ("edge_ml.inference.decoders.candidates", "RtDetrDecoder"),
    ("detect", "detr"): ("edge_ml.inference.decoders.candidates", "DetrDecoder"),
    ("detect", "deformable_detr"): ("edge_ml.inference.decoders.candidates", "DetrDecoder"),
    ("detect", "boxes_and_scores"): ("edge_ml.inference.decoders.candidates", "BoxesAndScoresDecoder"),
    ("detect", "end2end"): ("edge_ml.inference.decoders.finished_boxes", "EndToEndDecoder"),
    ("detect", "ssd"): ("edge_ml.inference.decoders.finished_boxes", "ColumnsDecoder"),
    ("detect", "torchvision"): ("edge_ml.inference.decoders.finished_boxes", "ColumnsDecoder"),
    ("segment", "yolov8"): ("edge_ml.inference.decoders.instance_segmentation", "YoloV8MaskDecoder"),
    ("segment", "class_scores"): ("edge_ml.inference.decoders.semantic_segmentation", "ClassScoresDecoder"),
    ("segment", "mask_logits"): ("edge_ml.inference.decoders.semantic_segmentation", "MaskDecoder"),
    ("segment", "mask_probabilities"): ("edge_ml.inference.decoders.semantic_segmentation", "MaskDecoder"),
    ("segment", "class_map"): ("edge_ml.inference.decoders.semantic_segmentation", "ClassMapDecoder"),
}
"""Module and class of the decoder for each task and decoding; a worker that only classifies imports none of them."""


class Decoder(Protocol):
    """Turns a model's raw outputs into detections."""

    outputs: Shapes

    def decode(self, outputs: list[Array], source: Size) -> "list[Detection]":
        """Return the detections in a picture whose upright original has the size `source`; raises ImageError."""


class Model:
    """A loaded bundle; raises BundleError where it cannot be used. `detections` is thread-safe.

    `limit` is the most seconds for one picture, None for a model that is trusted.
    """

    def __init__(self, bundle: ModelBundle, *, limit: float | None = None) -> None:
        self.bundle = bundle
        self._decoder = _decoder(bundle)
        integers = bundle.output.decoding == "class_map"
        self._session = Session(bundle, self._decoder.outputs, integers=integers, limit=limit)

    def detections(self, picture: Picture) -> "list[Detection]":
        """Return the detections, best first; raises ImageError where the model fails."""
        outputs = self._session.run(self.bundle.input.tensor(picture.pixels))
        return self._decoder.decode(outputs, picture.size)


def _decoder(bundle: ModelBundle) -> Decoder:
    if bundle.task == "classify":
        return ClassificationDecoder(bundle)
    module, name = _DECODERS[bundle.task, bundle.output.decoding]
    return cast(Decoder, getattr(import_module(module), name)(bundle))
