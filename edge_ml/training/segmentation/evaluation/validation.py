"""The validation of a network in training."""

import numpy as np
import torch
from PIL import Image

from edge_ml.pictures.size import Size
from edge_ml.training.segmentation.evaluation.deployed import ANIMAL_LABEL
from edge_ml.training.segmentation.evaluation.figures import animal_mask
from edge_ml.training.segmentation.metrics import iou
from edge_ml.training.segmentation.network import Segmenter, normalize
from edge_ml.training.segmentation.scenes.pairs import Pair
from edge_ml.training.segmentation.scenes.placement import Placement


def validation_summary(pairs: list[Pair], size: Size, network: Segmenter) -> str:
    """Return the mean and the worst overlap on the whole photographs, at the input's (width, height)."""
    overlaps = []
    for pair in pairs:
        shown = Placement.whole(pair.photo.size, size, stretch=True).size
        pixels = torch.from_numpy(np.array(pair.photo.resize(shown, Image.Resampling.BILINEAR), np.float32))
        with torch.inference_mode():
            predicted = network(normalize(pixels.permute(2, 0, 1)[None])).argmax(1)[0].numpy() == ANIMAL_LABEL
        mask = pair.mask.resize(shown, Image.Resampling.NEAREST)
        overlaps.append(iou(predicted, animal_mask(Pair(pair.photo, mask))))
    return f"validation IoU {np.mean(overlaps):.4f}, worst {min(overlaps):.3f}"
