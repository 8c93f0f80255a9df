"""The usual normalizations of pixels, 0–255, for the input of a network; a model file does not state its own."""

from typing import NamedTuple


class Normalization(NamedTuple):
    """(pixel − mean) ÷ std per channel, in units of 0–255; and the models that are known for it."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    known_for: str


NORMALIZATIONS = {
    "imagenet": Normalization(
        (123.675, 116.28, 103.53),
        (58.395, 57.12, 57.375),
        "ImageNet's mean and deviation, as PyTorch's models take them",
    ),
    "plus-minus-one": Normalization(
        (127.5,) * 3, (127.5,) * 3, "−1 to 1, as TensorFlow's and Google's models take them"
    ),
    "unit": Normalization((0.0,) * 3, (255.0,) * 3, "0 to 1, as Ultralytics' models and many of Keras take them"),
    "none": Normalization(
        (0.0,) * 3, (1.0,) * 3, "0 to 255, as YOLOX takes them and models that normalize by themselves"
    ),
}


def usual_normalization(decoding: str, layout: str) -> Normalization:
    """Return the normalization that is usual for models of that decoding and layout."""
    by_decoding = {
        "yolox": "none", "yolox_decoded": "none", "yolov5": "unit", "yolov8": "unit", "end2end": "unit",
        "rtdetr": "unit", "boxes_and_scores": "unit", "torchvision": "unit",
    }  # fmt: skip
    by_layout = "imagenet" if layout == "NCHW" else "plus-minus-one"
    return NORMALIZATIONS[by_decoding.get(decoding, by_layout)]
