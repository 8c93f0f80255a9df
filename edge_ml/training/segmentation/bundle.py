"""The bundle of a trained segmentation model: choices on validation, export, and figures on test."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from edge_ml.pictures.letterbox import Fit
from edge_ml.pictures.size import Size
from edge_ml.training.export import export
from edge_ml.training.mobilenet_v2 import MEAN, STD
from edge_ml.training.segmentation.evaluation.deployed import Deployed
from edge_ml.training.segmentation.evaluation.figures import animal_mask, figures
from edge_ml.training.segmentation.metrics import fit_temperature, iou
from edge_ml.training.segmentation.network import Segmenter
from edge_ml.training.segmentation.scenes.pairs import horse_files, horse_pair

LABELS = ("background", "animal")
SOURCE = "edge_ml/training, fine-tuned from Google's MobileNetV2 (Apache-2.0)"


class Choice(NamedTuple):
    """The values chosen on validation: the resize mode, and the temperature that calibrates the logits."""

    resize: str
    temperature: float


def write_bundle(network: Segmenter, data: Path, out: Path, size: Size) -> None:
    """Export the network for inputs of that (width, height), with the temperature divided into its weights."""
    out.mkdir(parents=True, exist_ok=True)
    model, shape = out / "model.onnx", size[::-1]
    export(network, shape, model, output="logits")
    choice = choose(model, data, size)
    export(network.with_temperature(choice.temperature), shape, model, output="logits")
    write_model_json(out, model_json(out.name, choice.resize, size))


def evaluate(data: Path, out: Path) -> None:
    """Evaluate the model in `out` on test, write the figures into its model.json, and print them."""
    content = json.loads((out / "model.json").read_text())
    height, width = content["input"]["size"]
    model = Deployed(out / "model.onnx", Fit((width, height), content["input"]["resize"]))
    content["metrics"] = figures(model, data)
    write_model_json(out, content)
    print(json.dumps(content["metrics"], indent=1), flush=True)


def choose(model: Path, data: Path, size: Size) -> Choice:
    """Choose the resize mode with the best overlap on validation, and its temperature."""
    photos, candidates = horse_files(data, "validation"), {}
    truths = [animal_mask(horse_pair(photo)) for photo in photos]
    for resize in ("stretch", "letterbox"):
        deployed = Deployed(model, Fit(size, resize))
        leads = [deployed.lead(photo) for photo in photos]
        overlap = float(np.mean([iou(lead > 0, truth) for lead, truth in zip(leads, truths, strict=True)]))
        pixels = [np.concatenate([mask.ravel() for mask in masks]) for masks in (leads, truths)]
        choice = Choice(resize, fit_temperature(pixels[0], pixels[1]))
        candidates[overlap] = choice
        print(f"{resize}: validation IoU {overlap:.4f}, temperature {choice.temperature:.3f}", flush=True)
    return candidates[max(candidates)]


def write_model_json(out: Path, content: Mapping[str, object]) -> None:
    """Write the bundle's model.json."""
    (out / "model.json").write_text(json.dumps(content, indent=1) + "\n")


def model_json(name: str, resize: str, size: Size) -> dict[str, object]:
    """Return the content of model.json without the metrics; mean and std are in units of 0–255."""
    return {
        "name": name,
        "version": "1.0.0",
        "task": "segment",
        "labels": LABELS,
        "input": {
            "name": "image",
            "layout": "NCHW",
            "dtype": "float32",
            "size": size[::-1],
            "resize": resize,
            "channels": "RGB",
            "mean": MEAN,
            "std": STD,
        },
        "output": {"name": "logits", "decoding": "class_scores", "background": 0},
        "license": "Apache-2.0",
        "source": SOURCE,
    }
