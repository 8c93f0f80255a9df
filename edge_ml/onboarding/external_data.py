"""Weights in a second file beside the model, as PyTorch 2.9 and later write them: a bundle holds one file."""

from pathlib import Path

from edge_ml.serving.trial.trial_error import TrialError

_MARK = b"location"
"""The key of each reference to a second file (https://onnx.ai/onnx/repo-docs/ExternalData.html)."""


def with_embedded_data(path: Path, scratch: Path) -> Path:
    """Return the model file, or a copy of it in `scratch` with the weights of its second file in it.

    Raises TrialError `external_data` where the second file is not beside the model, or cannot be embedded.
    """
    try:
        if _MARK not in path.read_bytes():
            return path
    except OSError:
        return path  # its inspection states the reason
    import onnx  # late: it takes a quarter of a second
    from onnx.external_data_helper import load_external_data_for_model

    try:
        model = onnx.load(path, load_external_data=False)
    except Exception:  # protobuf has an error class of its own, and the inspection states the reason
        return path
    if all(tensor.data_location != onnx.TensorProto.EXTERNAL for tensor in model.graph.initializer):
        return path
    try:
        load_external_data_for_model(model, str(path.parent))
        content = model.SerializeToString()
    except Exception as error:  # ONNX raises several kinds: a missing file, one outside of the folder, over 2 GB
        raise TrialError(
            "external_data",
            f"The weights of {path.name} are in a second file, which must be beside it under its own name: {error}",
        ) from error
    embedded = scratch / path.name
    embedded.write_bytes(content)
    return embedded
