"""Train `livestock` and make a bundle of it: fine-tune, choose on validation, export, evaluate on test."""

from functools import partial
from pathlib import Path

import torch

from edge_ml.training.classification.task import TEACHER
from edge_ml.training.mobilenet_v2 import MobileNetV2
from edge_ml.training.segmentation.bundle import LABELS, evaluate, write_bundle
from edge_ml.training.segmentation.evaluation.validation import validation_summary
from edge_ml.training.segmentation.network import Segmenter
from edge_ml.training.segmentation.scenes.pairs import horse_files, horse_pair
from edge_ml.training.segmentation.scenes.scenes import Stock
from edge_ml.training.segmentation.trainer import Plan, train

PLAN = Plan(steps=2000, batch=8, small=(256, 192), full=(320, 256), rate=1e-3, seed=1)


def train_livestock(data: Path, out: Path, plan: Plan = PLAN) -> None:
    """Train the model, export it to `out`, and print its figures."""
    torch.manual_seed(plan.seed)
    torch.set_num_threads(1)
    validation = [horse_pair(path) for path in horse_files(data, "validation")]
    stock = Stock.of(data)
    print(f"livestock: {stock} to train on", flush=True)
    network = Segmenter(MobileNetV2.from_onnx(data / TEACHER), len(LABELS))
    trained = train(network, stock, plan, partial(validation_summary, validation, plan.full))
    write_bundle(trained, data, out, plan.full)
    evaluate(data, out)
