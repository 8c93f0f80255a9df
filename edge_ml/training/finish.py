"""After training: choose resize and temperature on validation, write the bundle, take figures on test."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from edge_ml.training import bundle
from edge_ml.training.evaluate import figures, truths
from edge_ml.training.export import export
from edge_ml.training.folders import Photo, label_names, photos_of
from edge_ml.training.metrics import (
    Floats,
    accuracy,
    balanced_accuracy,
    calibration_error,
    confusion,
    fitted_temperature,
    softmax,
    surprise,
)
from edge_ml.training.network import Student


def logits_of(student: Student, photos: list[Photo], size: int, resize: str) -> Floats:
    """Logits [photographs, labels] by way of a temporary export, as the runtime will compute them."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        export(student, 1.0, size, path)
        return bundle.Model.open(path, resize, 1).all_logits([photo.path for photo in photos])


def glance(student: Student, photos: list[Photo], size: int, count: int) -> str:
    """Accuracy on the photographs, to print while training."""
    said = logits_of(student, photos, size, "stretch").argmax(1)
    table = confusion(truths(photos), said, count)
    return f"{accuracy(table):.1%} (balanced {balanced_accuracy(table):.1%})"


def settled(student: Student, photos: list[Photo], size: int) -> tuple[str, float]:
    """The resize of least surprise on the photographs, and the temperature that calibrates it."""
    truth = truths(photos)
    tried = {how: logits_of(student, photos, size, how) for how in ("stretch", "cover")}
    fits = {how: fitted_temperature(logits, truth) for how, logits in tried.items()}
    lost = {how: surprise(logits, truth, fits[how]) for how, logits in tried.items()}
    for how in tried:
        right = float((tried[how].argmax(1) == truth).mean())
        print(f"{how}: validation {right:.1%}, surprise {lost[how]:.4f} at temperature {fits[how]:.3f}")
    resize = min(lost, key=lambda how: lost[how])
    return resize, fits[resize]


def finish(student: Student, folder: Path, size: int, out: Path) -> dict[str, Any]:
    """Write model.onnx and model.json into `out`; returns the figures on the test split."""
    resize, temperature = settled(student, photos_of(folder, "validation"), size)
    out.mkdir(parents=True, exist_ok=True)
    export(student, temperature, size, out / "model.onnx")
    labels, test = label_names(folder), photos_of(folder, "test")
    logits = bundle.Model.open(out / "model.onnx", resize, 1).all_logits([photo.path for photo in test])
    found = figures(logits, truths(test), labels, "test")
    uncalibrated = calibration_error(softmax(logits, 1 / temperature), truths(test))
    found["calibration_error_before"] = round(uncalibrated, 4)
    bundle.write(out, bundle.manifest(out.name, labels, size, resize, found))
    return found
