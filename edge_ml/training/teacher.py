"""The teacher: a pretrained ONNX classifier whose answers the student learns to repeat."""

import hashlib
import time
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from PIL import Image

from edge_ml.training.photos import Box, render

MEAN = np.array([123.675, 116.28, 103.53], np.float32)
STD = np.array([58.395, 57.12, 57.375], np.float32)
BATCH = 32


class TeacherError(ValueError):
    """The teacher is not a classifier of float32 [N, 3, S, S] ImageNet-normalised images."""


class Teacher:
    """Answers crops with logits [N, classes]; `size` is the teacher's own input side in pixels."""

    def __init__(self, path: Path, threads: int) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        given = self.session.get_inputs()[0]
        if given.type != "tensor(float)" or len(given.shape) != 4 or given.shape[1] != 3:
            raise TeacherError(f"{path} takes {given.type} {given.shape}, not float32 [N, 3, S, S]")
        self.input, self.size, self.path = given.name, int(given.shape[2]), path

    def logits(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Logits [N, classes] for uint8 RGB [N, S, S, 3]."""
        normal = (pixels.astype(np.float32) - MEAN) / STD
        answer = self.session.run(None, {self.input: np.ascontiguousarray(normal.transpose(0, 3, 1, 2))})
        return np.asarray(answer[0], np.float32)

    def answer(self, images: list[Image.Image], crops: list[list[Box]]) -> NDArray[np.float16]:
        """Logits [photos, crops, classes] for every box of every photograph, with progress printed."""
        flat = [(image, box) for image, of_image in zip(images, crops, strict=True) for box in of_image]
        answers, started = [], time.monotonic()
        for first in range(0, len(flat), BATCH):
            answers.append(self.logits(self._rendered(flat[first : first + BATCH])).astype(np.float16))
            if first // BATCH % 200 == 199:
                left = (time.monotonic() - started) * (len(flat) / (first + BATCH) - 1)
                print(f"teacher: {first + BATCH}/{len(flat)} crops, {left:.0f} s left", flush=True)
        return np.concatenate(answers).reshape(len(images), len(crops[0]), -1)

    def recall(self, images: list[Image.Image], crops: list[list[Box]], kept: Path) -> NDArray[np.float16]:
        """The answers kept by an earlier run on the same photographs and boxes in `kept`, or new ones."""
        asked = hashlib.sha256(self.path.read_bytes())
        for image, of_image in zip(images, crops, strict=True):
            asked.update(image.tobytes() + repr(of_image).encode())
        file = kept / f"{asked.hexdigest()[:24]}.npy"
        if not file.exists():
            kept.mkdir(parents=True, exist_ok=True)
            np.save(file, self.answer(images, crops))
        return np.asarray(np.load(file), np.float16)

    def _rendered(self, part: list[tuple[Image.Image, Box]]) -> NDArray[np.uint8]:
        return np.stack([np.asarray(render(*crop, self.size, Image.Resampling.BICUBIC)) for crop in part])
