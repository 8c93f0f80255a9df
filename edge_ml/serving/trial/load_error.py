"""What ONNX Runtime says of a file it does not load, as a code and a sentence that tells what to do."""

import re
import textwrap

from edge_ml.serving.trial.confinement import TrialError, is_memory, too_much_memory

_REASONS = (
    (r"External data path|external data", "external_data",
     "its weights lie in another file, and a bundle holds only model.onnx. Put them into it: "
     "python -c \"import onnx; onnx.save(onnx.load('model.onnx'), 'whole.onnx')\""),
    (r"is not a registered function/op|No Op registered|Could not find an implementation", "unsupported_operator",
     "it uses an operation that ONNX Runtime does not have"),
    (r"IR version|ir_version", "unsupported_version", "it is written in a newer form of ONNX than ONNX Runtime reads"),
    (r"opset|Opset", "unsupported_version", "it uses a newer operator set than ONNX Runtime knows"),
    (r"Protobuf parsing failed|No graph was found|codec can't decode|[Ii]nvalid model", "not_a_model",
     "it is no ONNX file, or a damaged one"),
)  # fmt: skip
_NOISE = (
    re.compile(r"\[ONNXRuntimeError\] : \d+ : \w+ : "),
    re.compile(r"Load model from .*? failed:"),
    re.compile(r"Fatal error: |Error: \w+\.cc:\d+ \w+ "),
    re.compile(r"/onnxruntime_src/.*(&|\bint|\bbool)\) ", re.DOTALL),
)
"""What it says of itself rather than of the file."""

_LONGEST = 300


def refusal(said: str) -> TrialError:
    """The refusal of a file of which ONNX Runtime said this."""
    if is_memory(said):
        return too_much_memory()
    code, why = next(((code, why) for words, code, why in _REASONS if re.search(words, said)),
                     ("not_loadable", "ONNX Runtime does not load it"))  # fmt: skip
    return TrialError(code, f"The file cannot be used: {why}. ONNX Runtime says: {plain(said)}.")


def plain(said: str) -> str:
    """What ONNX Runtime said, without the names of its functions."""
    for noise in _NOISE:
        said = noise.sub("", said)
    return textwrap.shorten(said, _LONGEST, placeholder=" …").rstrip(".")
