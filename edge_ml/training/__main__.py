"""Train a bundle: python -m edge_ml.training <folder> --teacher <teacher.onnx> --out <bundle>."""

import argparse
import json
import sys
from functools import partial
from pathlib import Path

import numpy as np
import torch

from edge_ml.training.batches import Shelf
from edge_ml.training.evaluate import truths
from edge_ml.training.finish import finish, glance
from edge_ml.training.folders import FolderError, Photo, label_names, photos_of
from edge_ml.training.lessons import lessons
from edge_ml.training.loop import train
from edge_ml.training.network import Student
from edge_ml.training.photos import boxes, load
from edge_ml.training.schedule import Plan
from edge_ml.training.teacher import Teacher, TeacherError


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m edge_ml.training", description=__doc__)
    parser.add_argument("folder", type=Path, help="one subfolder of photographs per label")
    parser.add_argument("--out", type=Path, required=True, help="folder for model.onnx and model.json")
    parser.add_argument("--teacher", type=Path, help="ImageNet ONNX classifier to learn from (optional)")
    parser.add_argument("--keep", type=Path, help="folder of the teacher's answers (.teacher in the folder)")
    parser.add_argument("--epochs", type=int, default=100, help="passes over the photographs (100)")
    parser.add_argument("--minutes", type=float, default=1e6, help="bound on the training loop's time (none)")
    parser.add_argument("--size", type=int, default=160, help="input side in pixels (160)")
    parser.add_argument("--crops", type=int, default=8, help="crops the teacher answers per photograph (8)")
    parser.add_argument("--batch", type=int, default=64, help="photographs per step (64)")
    parser.add_argument("--rate", type=float, default=2e-3, help="peak learning rate (0.002)")
    parser.add_argument("--threads", type=int, default=2, help="processor threads (2)")
    parser.add_argument("--seed", type=int, default=1, help="of weights, crops and order (1)")
    return parser.parse_args()


def shelf_of(photos: list[Photo], crops: int, seed: int) -> Shelf:
    """Read the photographs and choose their boxes."""
    images = [load(photo.path) for photo in photos]
    chance = np.random.default_rng(seed)
    return Shelf(images, [boxes(image, crops, chance) for image in images])


def run(chosen: argparse.Namespace) -> None:
    """Train, choose, export and report."""
    torch.manual_seed(chosen.seed)
    torch.set_num_threads(chosen.threads)
    labels = label_names(chosen.folder)
    taught, validation = (photos_of(chosen.folder, split) for split in ("train", "validation"))
    print(f"{len(taught)} photographs to train on, {len(validation)} to validate on, {labels}", flush=True)
    teacher = Teacher(chosen.teacher, chosen.threads) if chosen.teacher else None
    shelf = shelf_of(taught, chosen.crops, chosen.seed)
    taught_of = lessons(shelf, truths(taught), len(labels), teacher, chosen.keep or chosen.folder / ".teacher")
    plan = Plan(chosen.epochs, chosen.minutes, chosen.batch, chosen.size, chosen.rate, chosen.threads, chosen.seed)
    student = Student(len(labels), taught_of.classes)
    check = partial(glance, photos=validation, size=chosen.size, count=len(labels))
    trained = train(student, shelf, taught_of, plan, check)
    print(json.dumps(finish(trained, chosen.folder, chosen.size, chosen.out)), flush=True)


def main() -> None:
    """Run, or leave with a sentence on what is wrong with the input."""
    try:
        run(arguments())
    except (FolderError, TeacherError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
