"""The object `input` of model.json, as far as the file tells it: the tensor's name, layout, type and size."""

from collections.abc import Sequence
from typing import NamedTuple

from edge_ml.onboarding.inspection.probe import Shape, Tensor
from edge_ml.serving.trial.confinement import TrialError

USUAL_SIDE = 224
_USUAL_SIDES = {"images": 640}
"""What Ultralytics and YOLOX call the input of their detectors."""


class ImageInput(NamedTuple):
    """An input that takes one picture; `size` is (height, width), and `open` says that the file leaves it open."""

    name: str
    layout: str
    dtype: str
    size: tuple[int, int]
    open: bool

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """The tensor's shape with one picture in it."""
        return (1, 3, *self.size) if self.layout == "NCHW" else (1, *self.size, 3)


def image_input(inputs: Sequence[Tensor], *, layout: str | None, size: tuple[int, int] | None) -> ImageInput:
    """The picture's input; `layout` and `size` are what the user says; raises TrialError."""
    if len(inputs) != 1:
        raise _refused(f"it has {len(inputs)} inputs ({', '.join(map(str, inputs))}), and a picture is one")
    (tensor,) = inputs
    if tensor.type not in ("float32", "uint8"):
        raise _refused(f"its input {tensor} is neither float32 nor uint8")
    if len(tensor.shape) != 4:
        raise _refused(f"its input {tensor} is no picture: that has four dimensions")
    if isinstance(tensor.shape[0], int) and tensor.shape[0] != 1:
        raise _refused(
            f"its input {tensor} takes {tensor.shape[0]} pictures at once: export it for one, or for any number"
        )
    found = layout or _layout(tensor)
    height, width = tensor.shape[2:] if found == "NCHW" else tensor.shape[1:3]
    usual = _USUAL_SIDES.get(tensor.name, USUAL_SIDE)
    asked = size or (usual, usual)
    fixed = tuple(side if isinstance(side, int) else wish for side, wish in zip((height, width), asked, strict=True))
    return ImageInput(tensor.name, found, tensor.type, (fixed[0], fixed[1]), not all(map(_is_number, (height, width))))


def _layout(tensor: Tensor) -> str:
    shape: Shape = tensor.shape
    layouts = [layout for layout, place in (("NCHW", 1), ("NHWC", 3)) if shape[place] == 3]
    if not layouts:
        raise _refused(f"its input {tensor} has no dimension of three colours where a picture has it")
    return layouts[0]


def _is_number(side: object) -> bool:
    return isinstance(side, int)


def _refused(why: str) -> TrialError:
    return TrialError("unsupported_input", f"The model cannot be used: {why}.")
