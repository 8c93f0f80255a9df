"""The usual ways to turn pixels of 0–255 into a network's numbers, which no model file tells."""

from typing import NamedTuple


class Normalisation(NamedTuple):
    """mean and std in units of 0–255, and what the way is known for."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    known_for: str


WAYS = {
    "imagenet": Normalisation(
        (123.675, 116.28, 103.53),
        (58.395, 57.12, 57.375),
        "ImageNet's mean and deviation, as PyTorch's models take them",
    ),
    "plus-minus-one": Normalisation(
        (127.5,) * 3, (127.5,) * 3, "−1 to 1, as TensorFlow's and Google's models take them"
    ),
    "unit": Normalisation((0.0,) * 3, (255.0,) * 3, "0 to 1, as Ultralytics' models and many of Keras take them"),
    "none": Normalisation(
        (0.0,) * 3, (1.0,) * 3, "0 to 255, as YOLOX takes them and models that normalise by themselves"
    ),
}


def usual(decoding: str, layout: str) -> str:
    """The way that is usual for such a model: its name in WAYS."""
    known = {"yolox": "none", "yolov8": "unit"}
    return known.get(decoding) or ("imagenet" if layout == "NCHW" else "plus-minus-one")
