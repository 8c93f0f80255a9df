"""The model behind BentoML: `MODEL=… MANIFEST=… bentoml serve bentoml_server:Classify`."""

import json
import os
from pathlib import Path

import bentoml
import numpy as np
import onnxruntime
from PIL.Image import Image


@bentoml.service(workers=1)
class Classify:
    """Decode, resize, normalize and run the model in one thread, as the edge function does."""

    def __init__(self) -> None:
        self.model_input = json.loads(Path(os.environ["MANIFEST"]).read_text())["input"]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])

    @bentoml.api
    def predict(self, image: Image) -> list[float]:
        height, width = self.model_input["size"]
        pixels = image.convert("RGB").resize((width, height))
        normalized = (np.asarray(pixels, np.float32) - self.model_input["mean"]) / self.model_input["std"]
        tensor = normalized.transpose(2, 0, 1)[None].astype(np.float32)
        return list(map(float, self.session.run(None, {self.model_input["name"]: tensor})[0][0]))
