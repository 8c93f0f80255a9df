"""Sample bundles and pictures. The sample model returns how red, green and blue a picture is."""

import io
import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import set_external_data
from PIL import Image
from pycocotools import mask as coco

import edge_ml.pictures.formats.heif  # noqa: F401 - Pillow learns to write it, too

LABELS = ("red", "green", "blue")
OPSET, IR_VERSION = 17, 9


def model_json(name: str = "colors", **changed: Any) -> dict[str, Any]:
    return {
        "name": name,
        "version": "1.2.3",
        "task": "classify",
        "labels": list(LABELS),
        "input": {
            "name": "image",
            "layout": "NCHW",
            "dtype": "float32",
            "size": [32, 32],
            "resize": "stretch",
            "channels": "RGB",
            "mean": [127.5, 127.5, 127.5],
            "std": [25.5, 25.5, 25.5],
        },
        "output": {"name": "logits", "decoding": "logits", "temperature": 1.0},
        "license": "MIT",
        "source": "made by a test",
        "metrics": {"accuracy": 1.0},
    } | changed


def bundle(
    parent: Path, name: str = "colors", *, gain: float = 1.0, model: onnx.ModelProto | None = None, **changed: Any
) -> Path:
    """Write a bundle into `parent`/`name`; its model returns the mean of each color, times `gain`.

    Keywords change model.json.
    """
    folder = parent / name
    folder.mkdir(parents=True)
    (folder / "model.json").write_text(json.dumps(model_json(**{"name": name} | changed)))
    onnx.save(model or _colors(gain), folder / "model.onnx")
    return folder


def with_external_weights(location: str) -> tuple[bytes, bytes]:
    """Return a model that takes its first weights from a file beside it, and the content of that file."""
    model = _colors(1.0)
    tensor = model.graph.initializer[0]
    weights = numpy_helper.to_array(tensor).tobytes()
    tensor.ClearField("float_data")
    tensor.ClearField("raw_data")
    tensor.raw_data = weights
    set_external_data(tensor, location=location, offset=0, length=len(weights))
    tensor.ClearField("raw_data")
    return model.SerializeToString(), weights


def constant_model(sides: Sequence[int | str], **outputs: NDArray[Any]) -> onnx.ModelProto:
    """Return a model that takes an `image` of these sides and returns constant outputs."""
    nodes = [
        helper.make_node("Constant", [], [name], value=numpy_helper.from_array(output))
        for name, output in outputs.items()
    ]
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, sides)
    declared = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(output.dtype), output.shape)
        for name, output in outputs.items()
    ]
    return _model(helper.make_graph(nodes, "constant", [image], declared))


def with_input(**changed: Any) -> dict[str, Any]:
    return {"input": model_json()["input"] | changed}


def with_output(**changed: Any) -> dict[str, Any]:
    return {"output": model_json()["output"] | changed}


def picture(color: str | tuple[int, ...] = "red", size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    return Image.new(mode, size, color)


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def turned(image: Image.Image, orientation: int, kind: str = "JPEG") -> bytes:
    """Return the image as a camera in that orientation writes it, in a lossy format at good quality."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(image, kind, exif=exif.tobytes(), **({} if kind in ("PNG", "TIFF") else {"quality": 95}))


def best(result: Mapping[str, Any]) -> str:
    return str(result["detections"][0]["label"])


def mask(seen: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Return a detection's mask as pycocotools decodes it."""
    encoded = {"size": seen["mask"]["size"], "counts": seen["mask"]["counts"].encode()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # its own, of numpy
        return np.asarray(coco.decode(encoded)).astype(bool)


def _colors(gain: float) -> onnx.ModelProto:
    weights = numpy_helper.from_array(np.eye(3, dtype=np.float32) * np.float32(gain), "weights")
    nodes = [
        helper.make_node("GlobalAveragePool", ["image"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "colors",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 3, 32, 32])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 3])],
        [weights],
    )
    return _model(graph)


def _model(graph: onnx.GraphProto) -> onnx.ModelProto:
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
