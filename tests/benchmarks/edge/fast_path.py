"""What the fast decode changes: the best label and the accuracy, against a full decode, with model `animals`.

The held-out photographs are small, so they are scaled up and given a sensor's noise. The large originals are good
photographs: each is decoded as it is, and parts of it at the sizes at which the fast decode leaves out most. Every file
is read as a baseline and as a progressive JPEG. There are no figures without the training data beside the checkout.
"""

import io
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image

from edge_ml.handler import MODELS
from edge_ml.inference.model import Model
from edge_ml.pictures.decode import Picture, decode
from edge_ml.training.classification.classifiers.animals import task
from edge_ml.training.data.photographs import Photo, in_split
from tests.benchmarks.edge.photos import SIZES, as_progressive, camera_jpeg, decoded_in_full
from tests.benchmarks.figure import Figure

DATA = Path(__file__).parents[4] / "shared/data"
EVERY = 2
PARTS = 200


def figures() -> list[Figure]:
    """Return the accuracy of the full decode, the loss by the fast one, and how often both have the same best label."""
    if not DATA.is_dir():
        return []
    model, labels = MODELS.get(None), task(DATA).labels
    photos = in_split(task(DATA).photos, "test")[::EVERY]
    files = [_large(photo) for photo in photos]
    truths = [labels[photo.label] for photo in photos]
    fit = model.bundle.fit
    fast = [_best(model, decode(file, fit)) for file in files]
    full = [_best(model, decoded_in_full(file, fit)) for file in files]
    same = [*_same(fast, full), *_agreement(model, _originals())]
    accuracies = [_same(found, truths).count(True) / len(truths) for found in (fast, full)]
    return [
        Figure(f"accuracy on {len(files)} held-out photographs, decoded in full", 100 * accuracies[1], unit="%"),
        Figure("accuracy lost by the fast decode, in points", 100 * (accuracies[1] - accuracies[0]), at_most=0.2),
        Figure(
            f"same best label as after a full decode, of {len(same)} large pictures",
            100 * same.count(True) / len(same),
            at_least=99.5,
            unit="%",
        ),
    ]


def _large(photo: Photo) -> bytes:
    with Image.open(io.BytesIO(photo.path.read_bytes())) as image:
        scale = (SIZES["2 MP"][0] * SIZES["2 MP"][1] / (image.width * image.height)) ** 0.5
        return camera_jpeg(image, round(image.width * scale), round(image.height * scale))


def _originals() -> Iterator[Image.Image]:
    """Yield the large photographs, and random parts of them from the model's least size upward."""
    chosen = random.Random(1)
    originals = [Image.open(path).convert("RGB") for path in sorted((DATA / "photos").glob("*.[jb]*"))]
    large = [image for image in originals if min(image.size) >= SIZES["0.3 MP"][1]]
    yield from large
    for _ in range(PARTS):
        image = chosen.choice(large)
        height = chosen.randint(SIZES["0.3 MP"][1], image.height)
        width = min(round(height * chosen.uniform(0.75, 1.5)), image.width)
        left, top = chosen.randint(0, image.width - width), chosen.randint(0, image.height - height)
        yield image.crop((left, top, left + width, top + height))


def _agreement(model: Model, images: Iterator[Image.Image]) -> list[bool]:
    fit, same = model.bundle.fit, []
    for image in images:
        file = io.BytesIO()
        image.save(file, "JPEG", quality=90)
        data = file.getvalue()
        full = _best(model, decoded_in_full(data, fit))
        same += [_best(model, decode(each, fit)) == full for each in (data, as_progressive(data))]
    return same


def _best(model: Model, picture: Picture) -> str:
    return next(found["label"] for found in model.detections(picture) if found["label"] != "unknown")


def _same(labels: Sequence[str], others: Sequence[str]) -> list[bool]:
    return [label == other for label, other in zip(labels, others, strict=True)]
