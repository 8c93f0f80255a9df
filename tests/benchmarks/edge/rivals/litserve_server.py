"""The model behind LitServe: `python litserve_server.py <model.onnx> <model.json> <port>`."""

import json
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import litserve
import numpy as np
import onnxruntime
from fastapi import UploadFile
from PIL import Image

MODEL, MANIFEST, PORT = sys.argv[1:]


class Classify(litserve.LitAPI):
    """Decode, resize, normalize and run the model in one thread, as the edge function does."""

    def setup(self, device: str) -> None:
        self.model_input = json.loads(Path(MANIFEST).read_text())["input"]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(MODEL, options, providers=["CPUExecutionProvider"])

    def decode_request(self, request: UploadFile) -> Any:
        height, width = self.model_input["size"]
        pixels = Image.open(BytesIO(request.file.read())).convert("RGB").resize((width, height))
        normalized = (np.asarray(pixels, np.float32) - self.model_input["mean"]) / self.model_input["std"]
        return normalized.transpose(2, 0, 1)[None].astype(np.float32)

    def predict(self, tensor: Any) -> Any:
        return self.session.run(None, {self.model_input["name"]: tensor})[0][0]

    def encode_response(self, scores: Any) -> dict[str, Any]:
        return {"scores": scores.tolist()}


if __name__ == "__main__":
    server = litserve.LitServer(Classify(), accelerator="cpu", workers_per_device=1)
    server.run(host="127.0.0.1", port=int(PORT), generate_client_file=False, log_level="error")
