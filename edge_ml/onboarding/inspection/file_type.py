"""What a file that is no ONNX model is instead, by its first bytes, and what its owner can do about it."""

from pathlib import Path

from edge_ml.serving.trial.confinement import TrialError

_KINDS = (
    (b"version https://git-lfs", 0, "a Git LFS pointer, not the file it points at: git lfs pull fetches that"),
    (b"TFL3", 4, "a TensorFlow Lite model: python -m tf2onnx.convert --tflite … makes an ONNX file of it"),
    (b"PK\x03\x04", 0, "a zip archive, perhaps PyTorch's or Keras's own format: export the model as ONNX"),
    (b"\x89HDF", 0, "an HDF5 file, perhaps Keras's own format: export the model as ONNX"),
    (b"ORTM", 4, "ONNX Runtime's own format: bring the .onnx it was made of"),
    (b"<", 0, "a page of the web or XML"),
)


def check(path: Path) -> None:
    """Raise TrialError when the file is seen at once not to be an ONNX model."""
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise TrialError("not_a_model", f"{path} cannot be read: {error.strerror}.") from error
    if not start:
        raise TrialError("not_a_model", f"{path.name} is empty.")
    for magic, at, what in _KINDS:
        if start[at:].startswith(magic):
            raise TrialError("not_a_model", f"{path.name} is {what}.")
