"""Use a registry in tests."""

from typing import Any

from edge_ml.pictures.decode import decode
from edge_ml.serving.model_registry import ModelRegistry
from tests.edge_ml import samples


def best(models: ModelRegistry, reference: str, color: str = "red") -> str:
    model = models.get(reference)
    seen = model.detections(decode(samples.encoded(samples.picture(color)), model.bundle.fit))
    return str(seen[0]["label"])


def descriptions(models: ModelRegistry) -> dict[str, Any]:
    return {f"{description['name']}@{description['version']}": description for description in models.describe()}
