"""The accuracy lost by the fast decode: held-out photographs at 2 MP, decoded fast and in full, with model `animals`.

The photographs are small, so they are scaled up and given a sensor's noise; both decoders read the same files. There
are no figures without the training data beside the checkout.
"""

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from edge_ml.handler import MODELS
from edge_ml.inference.model import Model
from edge_ml.pictures.decode import Picture, decode
from edge_ml.training.classification.classifiers.animals import task
from edge_ml.training.data.photographs import Photo, in_split
from tests.benchmarks.edge.photos import SIZES, camera_jpeg, decoded_in_full
from tests.benchmarks.figure import Figure

DATA = Path(__file__).parents[4] / "shared/data"
EVERY = 2


def figures() -> list[Figure]:
    """Return the accuracy of the full decode and the loss by the fast one."""
    if not DATA.is_dir():
        return []
    model, labels = MODELS.get(None), task(DATA).labels
    photos = in_split(task(DATA).photos, "test")[::EVERY]
    files = [_large(photo) for photo in photos]
    truths = [labels[photo.label] for photo in photos]
    fit = model.bundle.fit
    fast = _accuracy(model, [decode(file, fit) for file in files], truths)
    full = _accuracy(model, [decoded_in_full(file, fit) for file in files], truths)
    return [
        Figure(f"accuracy on {len(files)} held-out photographs, decoded in full", 100 * full, unit="%"),
        Figure("accuracy lost by the fast decode, in points", 100 * (full - fast), at_most=0.2),
    ]


def _large(photo: Photo) -> bytes:
    with Image.open(io.BytesIO(photo.path.read_bytes())) as image:
        scale = (SIZES["2 MP"][0] * SIZES["2 MP"][1] / (image.width * image.height)) ** 0.5
        return camera_jpeg(image, round(image.width * scale), round(image.height * scale))


def _accuracy(model: Model, pictures: Sequence[Picture], truths: Sequence[str]) -> float:
    labels = [next(d["label"] for d in model.detections(picture) if d["label"] != "unknown") for picture in pictures]
    return [label == truth for label, truth in zip(labels, truths, strict=True)].count(True) / len(truths)
