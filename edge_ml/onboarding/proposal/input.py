"""The proposal for the object `input` of model.json: the tensor's name, layout, type and size."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

from edge_ml.onboarding.inspection.tensor import Tensor
from edge_ml.serving.trial.trial_error import TrialError

USUAL_SIDE = 224
_USUAL_SIDES = {"images": 640}
"""By the name of the input: Ultralytics and YOLOX use this one for their detectors."""


class ImageInput(NamedTuple):
    """The input for one picture; `size` is (height, width), and `open` means that the file leaves the size open."""

    name: str
    layout: str
    dtype: str
    size: tuple[int, int]
    open: bool

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """The tensor's shape with one picture in it."""
        return (1, 3, *self.size) if self.layout == "NCHW" else (1, *self.size, 3)


def image_input(inputs: Sequence[Tensor], given: Mapping[str, object]) -> ImageInput:
    """Return the model's picture input; the user's layout and size take precedence. Raises TrialError."""
    tensor = _picture_tensor(inputs)
    layout = cast(str | None, given.get("input.layout")) or _layout(tensor)
    sides = tensor.shape[2:] if layout == "NCHW" else tensor.shape[1:3]
    usual = _USUAL_SIDES.get(tensor.name, USUAL_SIDE)
    defaults = cast(Sequence[int], given.get("input.size") or (usual, usual))
    height, width = (side if isinstance(side, int) else default for side, default in zip(sides, defaults, strict=True))
    is_open = not all(isinstance(side, int) for side in sides)
    return ImageInput(tensor.name, layout, tensor.type, (height, width), is_open)


def _picture_tensor(inputs: Sequence[Tensor]) -> Tensor:
    """Return the only input where it can take one picture; raises TrialError."""
    if len(inputs) != 1:
        raise _refusal(f"it has {len(inputs)} inputs ({', '.join(map(str, inputs))}), and a picture is one")
    (tensor,) = inputs
    if tensor.type not in ("float32", "uint8"):
        raise _refusal(f"its input {tensor} is neither float32 nor uint8")
    if len(tensor.shape) != 4:
        raise _refusal(f"its input {tensor} is no picture: that has four dimensions")
    count = tensor.shape[0]
    if isinstance(count, int) and count != 1:
        raise _refusal(f"its input {tensor} takes {count} pictures at once: export it for one, or for any number")
    return tensor


def _layout(tensor: Tensor) -> str:
    layouts = [layout for layout, channel in (("NCHW", 1), ("NHWC", 3)) if tensor.shape[channel] == 3]
    if not layouts:
        raise _refusal(f"its input {tensor} has no dimension of three colors where a picture has it")
    return layouts[0]


def _refusal(reason: str) -> TrialError:
    return TrialError("unsupported_input", f"The model cannot be used: {reason}.")
