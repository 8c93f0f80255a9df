"""Train a bundled model: python -m edge_ml.training animals --data ../shared/data --out edge_ml/models/animals."""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from edge_ml.training import allocator
from edge_ml.training.data.photographs import DataError

MODELS = ("animals", "potato-leaf", "livestock")


def arguments() -> argparse.Namespace:
    """Return the parsed command line."""
    parser = argparse.ArgumentParser(prog="python -m edge_ml.training", description=__doc__)
    parser.add_argument("model", choices=MODELS, help="the model to train")
    parser.add_argument("--data", type=Path, required=True, help="the data folder, such as ../shared/data")
    parser.add_argument("--out", type=Path, required=True, help="folder for model.onnx and model.json")
    parser.add_argument("--without", action="append", default=[], metavar="ORIGIN", help="photographs to leave out")
    parser.add_argument("--judge", action="store_true", help="only evaluate the model.onnx in --out again")
    return parser.parse_args()


def run(chosen: argparse.Namespace) -> None:
    """Train, export and evaluate; or only evaluate."""
    if chosen.model == "livestock":
        _run_livestock(chosen.data, chosen.out, evaluate_only=chosen.judge)
    else:
        _run_classifier(chosen)


def _run_livestock(data: Path, out: Path, *, evaluate_only: bool) -> None:
    from edge_ml.training.segmentation.bundle import evaluate
    from edge_ml.training.segmentation.livestock import train_livestock

    (evaluate if evaluate_only else train_livestock)(data, out)


def _run_classifier(chosen: argparse.Namespace) -> None:
    from edge_ml.training.classification.evaluation.evaluate import evaluate
    from edge_ml.training.classification.train import train_classifier

    classifier = import_module(f"edge_ml.training.classification.classifiers.{chosen.model.replace('-', '_')}")
    task = classifier.task(chosen.data).without(chosen.without)
    if chosen.judge:
        evaluate(task, chosen.out)
    else:
        train_classifier(task, chosen.data, chosen.out)


def main() -> None:
    """Run the command; exit with a sentence where the data folder is incomplete."""
    allocator.keep_freed_memory()
    try:
        run(arguments())
    except DataError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
