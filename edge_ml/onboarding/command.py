"""The command line of `add`: the files, the destination, and an option for every field of model.json."""

import argparse
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from edge_ml.bundles.schema.input import CHANNELS, LAYOUTS
from edge_ml.bundles.schema.output import DECODINGS
from edge_ml.onboarding.add import AddRequest
from edge_ml.onboarding.destination import BUILT_IN
from edge_ml.onboarding.proposal.normalization import NORMALIZATIONS
from edge_ml.pictures.letterbox import RESIZE_MODES

_EXAMPLE = """
example:
  python -m edge_ml add mobilenet.onnx --labels imagenet_labels.txt --try cat.jpg
  python -m edge_ml add mobilenet.onnx --labels imagenet_labels.txt --to s3://my-models-bucket/models/

docs/own-model.md goes through it step by step.
"""


class Option(NamedTuple):
    """An option of the command for a field of model.json, given by its path."""

    flag: str
    field: str
    help: str
    choices: Iterable[str] | None = None
    parse: Callable[[str], object] = str


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare `add` among the commands."""
    parser = commands.add_parser(
        "add", help="make a model bundle of an ONNX file", epilog=_EXAMPLE,
        formatter_class=argparse.RawTextHelpFormatter,
        description="Inspect an ONNX file, propose the model.json it needs, try it with limits on memory and time,\n"
                    "and store the bundle where the function finds it. On an error nothing is written.",
    )  # fmt: skip
    parser.add_argument("model", type=Path, help="the .onnx file")
    parser.add_argument(
        "--labels",
        type=Path,
        help="the labels in the order of the output: one per line, a list in JSON, or the file of your trainer or\n"
        "labeling tool (data.yaml, config.json, COCO, label_map.pbtxt, CSV and more)",
    )
    parser.add_argument(
        "--to",
        default=BUILT_IN,
        help="a folder of bundles (default: edge_ml/models, part of the next deployment)\n"
        "or s3://<models bucket>/models/ (served at once), or the URL of a deployed API (its models bucket)",
    )
    parser.add_argument(
        "--try",
        dest="photo",
        type=Path,
        metavar="PHOTO",
        help="print what the model sees on this photo,\nand write PHOTO.annotated.jpg beside it",
    )
    parser.add_argument("--replace", action="store_true", help="replace a bundle of the same name and version")
    fields = parser.add_argument_group("fields of model.json, where the proposal is wrong")
    for option in _options():
        fields.add_argument(option.flag, dest=option.field, help=option.help, choices=option.choices, type=option.parse)
    fields.add_argument("--normalise", dest="normalize", help=argparse.SUPPRESS, choices=NORMALIZATIONS)


def add_request(arguments: argparse.Namespace) -> AddRequest:
    """Return the request in the parsed arguments."""
    fields = {field: value for field, value in vars(arguments).items() if "." in field or field in _TOP_LEVEL}
    given = {field: value for field, value in fields.items() if value is not None}
    if arguments.normalize:
        normalization = NORMALIZATIONS[arguments.normalize]
        given = {"input.mean": list(normalization.mean), "input.std": list(normalization.std)} | given
    return AddRequest(arguments.model, arguments.labels, given, arguments.to, arguments.photo, arguments.replace)


_TOP_LEVEL = ("name", "version", "task", "license", "source", "metrics")


def _options() -> Iterable[Option]:
    decodings = sorted({decoding for of_task in DECODINGS.values() for decoding in of_task})
    usual = "\n".join(f"{name}: {normalization.known_for}" for name, normalization in NORMALIZATIONS.items())
    return (
        Option("--name", "name", "the name that callers use (default: from the file's name)"),
        Option("--version", "version", "such as 1.2.0 (default: 1.0.0); callers get the newest unless they name one"),
        Option("--task", "task", ", ".join(DECODINGS), DECODINGS),
        Option("--layout", "input.layout", ", ".join(LAYOUTS), LAYOUTS),
        Option("--size", "input.size", "height and width, such as 224x224 or 224,224, where the file leaves them open",
               parse=_size),
        Option("--resize", "input.resize", "how a picture is brought to that size: " + ", ".join(RESIZE_MODES),
               RESIZE_MODES),
        Option("--channels", "input.channels", ", ".join(CHANNELS), CHANNELS),
        Option("--normalize", "normalize", "how pixels become numbers:\n" + usual, NORMALIZATIONS),
        Option("--mean", "input.mean", "or three numbers of 0–255, such as 127.5,127.5,127.5", parse=_three_numbers),
        Option("--std", "input.std", "the same for the divisors", parse=_three_numbers),
        Option("--output", "output.name", "the output to read, where there are several"),
        Option("--decoding", "output.decoding", ", ".join(decodings), decodings),
        Option("--masks", "output.masks", "the output of the mask prototypes (yolov8 segment)"),
        Option("--boxes", "output.boxes", "the output of the boxes (detr, boxes_and_scores, ssd, torchvision)"),
        Option("--classes", "output.classes", "the output of the labels' numbers (ssd, torchvision)"),
        Option("--first-class", "output.first_class", "the number of the first label, 0 or 1 (ssd, torchvision)",
               parse=int),
        Option("--scale", "output.scale", "the factor that makes probabilities of a quantized output", parse=float),
        Option("--temperature", "output.temperature", "the divisor that calibrates logits", parse=float),
        Option("--threshold", "output.threshold", "the least score of a label that is kept (sigmoid, probabilities)",
               parse=float),
        Option("--unknown-below", "output.unknown_below", "return unknown when the best confidence is lower",
               parse=float),
        Option("--background", "output.background", "the index of the label that is no object, counted from 0",
               parse=int),
        Option("--license", "license", "the license of the weights"),
        Option("--source", "source", "the origin of the weights"),
        Option("--metrics", "metrics", "as measured, in JSON: '{\"accuracy\": 0.93}'", parse=_json_object),
    )  # fmt: skip


def _size(text: str) -> list[int]:
    height, *width = re.split(r"\s*[x×,]\s*|\s+", text.strip("[]() ").lower())
    return [int(height), int(*width or [height])]


def _three_numbers(text: str) -> list[float]:
    numbers = [float(number) for number in text.split(",")]
    if len(numbers) not in (1, 3):
        raise ValueError(text)
    return numbers * (3 // len(numbers))


def _json_object(text: str) -> dict[str, object]:
    return dict(json.loads(text))
