"""Train `livestock` and make a bundle of it: fine-tune, choose on validation, export, judge on test."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from edge_ml.pictures.letterbox import Fit
from edge_ml.training.classification.task import TEACHER
from edge_ml.training.export import export
from edge_ml.training.mobilenet_v2 import MEAN, STD, MobileNetV2
from edge_ml.training.segmentation.deployed import ANIMAL, Deployed
from edge_ml.training.segmentation.figures import figures, truth
from edge_ml.training.segmentation.metrics import fitted_temperature, iou
from edge_ml.training.segmentation.network import Segmenter, normalised
from edge_ml.training.segmentation.scenes.pairs import Pair, horse, horse_files
from edge_ml.training.segmentation.scenes.placement import Place
from edge_ml.training.segmentation.scenes.scenes import Stock
from edge_ml.training.segmentation.trainer import Plan, train

LABELS = ("background", "animal")
PLAN = Plan(steps=2000, batch=8, small=(256, 192), full=(320, 256), rate=1e-3, seed=1)
SOURCE = "edge_ml/training, fine-tuned from Google's MobileNetV2 (Apache-2.0)"


def make(data: Path, out: Path, plan: Plan = PLAN) -> None:
    """Train, export to `out`, and print the figures."""
    torch.manual_seed(plan.seed)
    torch.set_num_threads(1)
    validation = [horse(path) for path in horse_files(data, "validation")]
    stock = Stock.of(data)
    print(f"livestock: {stock} to train on", flush=True)
    network = Segmenter(MobileNetV2.from_onnx(data / TEACHER), len(LABELS))
    finish(train(network, stock, plan, partial(glance, validation, plan)), data, out, plan)


def finish(network: Segmenter, data: Path, out: Path, plan: Plan = PLAN) -> None:
    """Choose resize and temperature on validation, divide the temperature into the weights, export and judge."""
    out.mkdir(parents=True, exist_ok=True)
    model, shape = out / "model.onnx", plan.full[::-1]
    export(network, shape, model, output="logits")
    resize, temperature = settled(model, data, plan)
    export(network.cooled(temperature), shape, model, output="logits")
    write(out, manifest(out.name, resize, plan))
    judge(data, out)


def judge(data: Path, out: Path) -> None:
    """Take the figures on test and write them into model.json."""
    content = json.loads((out / "model.json").read_text())
    height, width = content["input"]["size"]
    model = Deployed(out / "model.onnx", Fit((width, height), content["input"]["resize"]))
    content["metrics"] = figures(model, data)
    write(out, content)
    print(json.dumps(content["metrics"], indent=1), flush=True)


def settled(model: Path, data: Path, plan: Plan) -> tuple[str, float]:
    """The resize of most overlap on validation, and the temperature that calibrates it."""
    photos, tried = horse_files(data, "validation"), {}
    truths = [truth(horse(photo)) for photo in photos]
    for resize in ("stretch", "letterbox"):
        deployed = Deployed(model, Fit(plan.full, resize))
        leads = [deployed.lead(photo) for photo in photos]
        overlap = float(np.mean([iou(lead > 0, drawn) for lead, drawn in zip(leads, truths, strict=True)]))
        pixels = [np.concatenate([part.ravel() for part in parts]) for parts in (leads, truths)]
        tried[overlap] = resize, fitted_temperature(pixels[0], pixels[1])
        print(f"{resize}: validation IoU {overlap:.4f}, temperature {tried[overlap][1]:.3f}", flush=True)
    return tried[max(tried)]


def glance(validation: list[Pair], plan: Plan, network: Segmenter) -> str:
    """Mean overlap on the whole photographs, at the input's size, to print while training."""
    overlaps = []
    for pair in validation:
        shown = Place.plain(pair.photo.size, plan.full, stretch=True).size
        pixels = torch.from_numpy(np.array(pair.photo.resize(shown, Image.Resampling.BILINEAR), np.float32))
        with torch.inference_mode():
            said = network(normalised(pixels.permute(2, 0, 1)[None])).argmax(1)[0].numpy() == ANIMAL
        overlaps.append(iou(said, truth(Pair(pair.photo, pair.mask.resize(shown, Image.Resampling.NEAREST)))))
    return f"validation IoU {np.mean(overlaps):.4f}, worst {min(overlaps):.3f}"


def write(out: Path, content: dict[str, Any]) -> None:
    """Write model.json."""
    (out / "model.json").write_text(json.dumps(content, indent=1) + "\n")


def manifest(name: str, resize: str, plan: Plan) -> dict[str, Any]:
    """The content of model.json but for the metrics; mean and std are in units of 0–255."""
    return {
        "name": name,
        "version": "1.0.0",
        "task": "segment",
        "labels": LABELS,
        "input": {
            "name": "image",
            "layout": "NCHW",
            "dtype": "float32",
            "size": plan.full[::-1],
            "resize": resize,
            "channels": "RGB",
            "mean": MEAN,
            "std": STD,
        },
        "output": {"name": "logits", "decoding": "class_scores", "background": 0},
        "license": "Apache-2.0",
        "source": SOURCE,
    }
