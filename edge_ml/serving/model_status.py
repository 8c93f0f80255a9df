"""The descriptions of models that cannot be used, or that this worker has not tried yet."""

from typing import TYPE_CHECKING

from edge_ml.bundles.model_reference import ModelIdentity

if TYPE_CHECKING:
    from edge_ml.protocol import ModelDescription


def unusable(identity: ModelIdentity, reason: str) -> "ModelDescription":
    """Return the description of a bundle that cannot be used."""
    return {
        "name": identity.name,
        "version": identity.version,
        "status": "unusable",
        "error": {"code": "unusable_model", "detail": reason},
    }


def untried(identity: ModelIdentity) -> "ModelDescription":
    """Return the description of a bundle that this worker has not tried yet."""
    return {"name": identity.name, "version": identity.version, "status": "untried"}
