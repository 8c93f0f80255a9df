"""Inspect a model file and sample its outputs, in a confined child process (`probe`)."""

from collections.abc import Sequence
from pathlib import Path

from edge_ml.onboarding.inspection import probe
from edge_ml.onboarding.inspection.tensor import Inspection, OutputSample, Tensor
from edge_ml.serving.trial.confinement import run_confined


def inspect_model(path: Path) -> Inspection:
    """Return what the file declares; raises TrialError."""
    reply = run_confined(probe.__name__, {"path": str(path)})
    inputs, outputs = (
        tuple(Tensor(name, tuple(shape), type_) for name, shape, type_ in reply[side]) for side in ("inputs", "outputs")
    )
    return Inspection(inputs, outputs, reply["metadata"])


def sample_outputs(path: Path, input_name: str, dtype: str, shape: Sequence[int]) -> tuple[OutputSample, ...]:
    """Run the model on noise of that dtype and shape, and return its outputs; raises TrialError."""
    reply = run_confined(probe.__name__, {"path": str(path), "feed": [input_name, dtype, list(shape)]})
    return tuple(
        OutputSample(name, tuple(side for side in shape), type_, minimum, maximum, tuple(sums), fault, reach, fifth)
        for name, shape, type_, minimum, maximum, sums, fault, reach, fifth in reply["samples"]
    )
