"""The trial of a proposed bundle, and what its model sees on a photo of the user's."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from edge_ml.onboarding.comparison import compare_normalizations
from edge_ml.onboarding.proposal.findings import Findings
from edge_ml.onboarding.report import box_lines, detection_line
from edge_ml.serving.trial.confinement import CPU_LIMIT_S
from edge_ml.serving.trial.trial_error import MEMORY_LIMIT_MB
from edge_ml.serving.trial.trial_run import trial_run

if TYPE_CHECKING:
    from edge_ml.protocol import Detection

Print = Callable[[str], None]


def preview(folder: Path, proposal: Findings, photo: Path | None, print_line: Print) -> None:
    """Try the bundle in that folder, and print what it sees on the photo; raises TrialError."""
    detections = trial_run(folder, photo)
    print_line(f"Tried in a process of its own with {MEMORY_LIMIT_MB} MB and {CPU_LIMIT_S} s: it loads and runs.")
    if photo:
        print_line(f"On {photo.name} it sees: {detection_line(detections)}")
        for line in box_lines(detections):
            print_line(line)
        _draw(photo, detections, print_line)
    content = proposal.to_dict()
    if photo and "mean" in content["input"] and proposal["task"] != "segment":
        print_line("The same photo under each usual normalization; if another line is right, give its name to "
                   "--normalize:")  # fmt: skip
        for comparison in compare_normalizations(folder, content, photo):
            mark = "*" if comparison.proposed else " "
            print_line(f"  {comparison.normalization:15}{mark} {detection_line(comparison.detections)}")
    print_line("")


def _draw(photo: Path, detections: "Sequence[Detection]", print_line: Print) -> None:
    """Write the photo with its detections drawn on it beside the photo."""
    from edge_ml.derived.derive import annotated  # late: a trial without a photo needs no drawing

    picture = photo.with_name(f"{photo.stem}.annotated.jpg")
    try:
        picture.write_bytes(annotated(photo.read_bytes(), detections).data)
    except OSError as error:
        print_line(f"The picture with it drawn cannot be written to {picture}: {error.strerror}.")
    else:
        print_line(f"Drawn on {picture}.")
