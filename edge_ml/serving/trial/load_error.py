"""Turn ONNX Runtime's messages about files that it does not load into a code, and a sentence with a remedy."""

import re
import textwrap

from edge_ml.bundles.public_text import without_paths
from edge_ml.serving.trial.trial_error import TrialError, is_memory_error, too_much_memory

_REASONS = (
    (r"External data path|external data", "external_data",
     "its weights are in another file, and a bundle holds only model.onnx. Merge them: "
     "python -c \"import onnx; onnx.save(onnx.load('model.onnx'), 'whole.onnx')\""),
    (r"is not a registered function/op|No Op registered|Could not find an implementation", "unsupported_operator",
     "it uses an operation that ONNX Runtime does not have"),
    (r"IR version|ir_version", "unsupported_version", "it uses a newer ONNX format than ONNX Runtime reads"),
    (r"opset|Opset", "unsupported_version", "it uses a newer operator set than ONNX Runtime has"),
    (r"Protobuf parsing failed|No graph was found|codec can't decode|[Ii]nvalid model", "not_a_model",
     "it is no ONNX file, or a damaged one"),
)  # fmt: skip
_NOISE = (
    re.compile(r"\[ONNXRuntimeError\] : \d+ : \w+ : "),
    re.compile(r"Load model from .*? failed:"),
    re.compile(r"Fatal error: |Error: \w+\.cc:\d+ \w+ "),
    re.compile(r"/onnxruntime_src/.*(&|\bint|\bbool)\) ", re.DOTALL),
)
"""The parts of a message that are about ONNX Runtime and not about the file."""

_MAX_LENGTH = 300


def load_error(message: str) -> TrialError:
    """Return the refusal of a file for which ONNX Runtime raised this message."""
    if is_memory_error(message):
        return too_much_memory()
    code, reason = next(((code, reason) for pattern, code, reason in _REASONS if re.search(pattern, message)),
                        ("not_loadable", "ONNX Runtime does not load it"))  # fmt: skip
    return TrialError(code, f"The file cannot be used: {reason}. ONNX Runtime reports: {shorten_message(message)}.")


def shorten_message(message: str) -> str:
    """Return a message of ONNX Runtime without the names of its functions, in at most 300 characters."""
    for noise in _NOISE:
        message = noise.sub("", message)
    return textwrap.shorten(without_paths(message), _MAX_LENGTH, placeholder=" …").rstrip(".")
