"""The command line of `add`: every field of model.json that a user may know better than the file."""

import argparse
import json
from pathlib import Path
from typing import Any

from edge_ml.bundles.schema.input import CHANNELS, LAYOUTS
from edge_ml.bundles.schema.output import DECODINGS
from edge_ml.onboarding.add import Wish
from edge_ml.onboarding.destination import BUILT_IN
from edge_ml.onboarding.proposal.normalization import WAYS
from edge_ml.pictures.letterbox import RESIZES

_DECODINGS = sorted({each for decodings in DECODINGS.values() for each in decodings})
_EXAMPLE = """
example:
  python -m edge_ml add mobilenet.onnx --labels imagenet_labels.txt --try cat.jpg
  python -m edge_ml add mobilenet.onnx --labels imagenet_labels.txt --to s3://my-models-bucket/models/

docs/own-model.md goes through it step by step.
"""


def add_command(commands: Any) -> None:
    """Declare `add` among the commands."""
    parser = commands.add_parser(
        "add", help="make a model bundle of an ONNX file", epilog=_EXAMPLE,
        formatter_class=argparse.RawTextHelpFormatter,
        description="Inspect an ONNX file, propose the model.json it needs, try it with limits on memory and time,\n"
                    "and put the bundle where the function finds it. Nothing is written unless all goes well.",
    )  # fmt: skip
    parser.add_argument("model", type=Path, help="the .onnx file")
    parser.add_argument("--labels", type=Path, help="the labels: one a line, or a list in a .json file")
    parser.add_argument(
        "--to",
        default=BUILT_IN,
        help="a folder of bundles (default: edge_ml/models, part of the next deployment)\n"
        "or s3://<models bucket>/models/ (served at once)",
    )
    parser.add_argument(
        "--try", dest="photo", type=Path, metavar="PHOTO", help="tell what the model sees on this photo"
    )
    parser.add_argument("--replace", action="store_true", help="take the place of a bundle that is there already")
    _fields(parser)


def wish(given: argparse.Namespace) -> Wish:
    """What was asked for on the command line."""
    said = {field: value for field, value in vars(given).items() if "." in field or field in _TOP}
    known = {field: value for field, value in said.items() if value is not None}
    if given.normalise:
        way = WAYS[given.normalise]
        known = {"input.mean": list(way.mean), "input.std": list(way.std)} | known
    return Wish(given.model, given.labels, known, given.to, given.photo, given.replace)


_TOP = ("name", "version", "task", "license", "source", "metrics")


def _fields(parser: argparse.ArgumentParser) -> None:
    fields = parser.add_argument_group("fields of model.json, where the proposal is wrong")

    def field(option: str, path: str, help: str, **more: Any) -> None:
        fields.add_argument(option, dest=path, help=help, **more)

    ways = "\n".join(f"{name}: {way.known_for}" for name, way in WAYS.items())
    field("--name", "name", "what callers ask for (default: from the file's name)")
    field("--version", "version", "such as 1.2.0 (default: 1.0.0); callers get the newest unless they name one")
    field("--task", "task", ", ".join(DECODINGS), choices=DECODINGS)
    field("--layout", "input.layout", ", ".join(LAYOUTS), choices=LAYOUTS)
    field("--size", "input.size", "height and width, such as 224x224, where the file leaves them open", type=_size)
    field("--resize", "input.resize", "how a picture comes to that size: " + ", ".join(RESIZES), choices=RESIZES)
    field("--channels", "input.channels", ", ".join(CHANNELS), choices=CHANNELS)
    fields.add_argument("--normalise", choices=WAYS, help="how pixels become numbers:\n" + ways)
    field("--mean", "input.mean", "or three numbers of 0–255, such as 127.5,127.5,127.5", type=_three)
    field("--std", "input.std", "the same for what they are divided by", type=_three)
    field("--output", "output.name", "the output to read, where there are several")
    field("--decoding", "output.decoding", ", ".join(_DECODINGS), choices=_DECODINGS)
    field("--masks", "output.masks", "the output of the mask prototypes (yolov8 segment)")
    field("--scale", "output.scale", "what a quantised output is multiplied by to be probabilities", type=float)
    field("--temperature", "output.temperature", "what logits are divided by to be calibrated", type=float)
    field("--unknown-below", "output.unknown_below", "answer unknown when the surest label is less sure", type=float)
    field("--background", "output.background", "the place of the label that is no object, counted from 0", type=int)
    field("--license", "license", "the weights' license")
    field("--source", "source", "where they come from")
    field("--metrics", "metrics", "as measured, in JSON: '{\"accuracy\": 0.93}'", type=_object)


def _size(text: str) -> list[int]:
    height, _, width = text.partition("x")
    return [int(height), int(width or height)]


def _three(text: str) -> list[float]:
    numbers = [float(each) for each in text.split(",")]
    if len(numbers) not in (1, 3):
        raise ValueError(text)
    return numbers * (3 // len(numbers))


def _object(text: str) -> dict[str, Any]:
    return dict(json.loads(text))
