"""Train a bundled model: python -m edge_ml.training animals --data ../shared/data --out edge_ml/models/animals."""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from edge_ml.training import allocator
from edge_ml.training.data.photographs import DataError

MODELS = ("animals", "potato-leaf", "livestock")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m edge_ml.training", description=__doc__)
    parser.add_argument("model", choices=MODELS, help="which model to train")
    parser.add_argument("--data", type=Path, required=True, help="the data folder, such as ../shared/data")
    parser.add_argument("--out", type=Path, required=True, help="folder for model.onnx and model.json")
    parser.add_argument("--without", action="append", default=[], metavar="ORIGIN", help="photographs to leave out")
    parser.add_argument("--judge", action="store_true", help="only take the figures of the model.onnx in --out anew")
    return parser.parse_args()


def run(chosen: argparse.Namespace) -> None:
    """Train, export and judge."""
    if chosen.model == "livestock":
        livestock = import_module("edge_ml.training.segmentation.livestock")
        (livestock.judge if chosen.judge else livestock.make)(chosen.data, chosen.out)
        return
    from edge_ml.training.classification.train import judge, make

    classifier = import_module(f"edge_ml.training.classification.classifiers.{chosen.model.replace('-', '_')}")
    task = classifier.task(chosen.data).without(chosen.without)
    if chosen.judge:
        judge(task, chosen.out)
    else:
        make(task, chosen.data, chosen.out)


def main() -> None:
    """Run, or leave with a sentence on what is wrong with the data."""
    allocator.keep()
    try:
        run(arguments())
    except DataError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
