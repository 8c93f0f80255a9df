"""The type of a file that is no ONNX model, by its first bytes, with a remedy for its owner."""

from pathlib import Path

from edge_ml.serving.trial.trial_error import TrialError

_SIGNATURES = (
    (b"version https://git-lfs", 0, "a Git LFS pointer, not the file it points at: git lfs pull fetches that"),
    (b"TFL3", 4, "a TensorFlow Lite model: python -m tf2onnx.convert --tflite … makes an ONNX file of it"),
    (b"PK\x03\x04", 0, "a zip archive, perhaps PyTorch's or Keras's own format: export the model as ONNX"),
    (b"\x89HDF", 0, "an HDF5 file, perhaps Keras's own format: export the model as ONNX"),
    (b"ORTM", 4, "ONNX Runtime's own format: use the .onnx file it was made from"),
    (b"<", 0, "a web page or XML"),
)


def check_file_type(path: Path) -> None:
    """Raise TrialError where the first bytes show that the file is no ONNX model."""
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise TrialError("not_a_model", f"{path} cannot be read: {error.strerror}.") from error
    if not start:
        raise TrialError("not_a_model", f"{path.name} is empty.")
    for signature, offset, file_type in _SIGNATURES:
        if start[offset:].startswith(signature):
            raise TrialError("not_a_model", f"{path.name} is {file_type}.")
    if start.decode("utf-8", "ignore").replace("\n", " ").replace("\r", " ").replace("\t", " ").isprintable():
        raise TrialError("not_a_model", f"{path.name} is a text: give the model first, and its labels with --labels.")
