"""The client of a Sightline deployment: `from sightline import Client`, or on the command line `sightline --help`."""

from sightline.client.client import Client
from sightline.client.problem import (
    Conflict,
    EndpointError,
    InvalidRequest,
    NoOutcomeYet,
    NotFound,
    NotSignedIn,
    Problem,
    QuotaExceeded,
    Unavailable,
)

__version__ = "0.2.0.dev0"

__all__ = [
    "Client",
    "Conflict",
    "EndpointError",
    "InvalidRequest",
    "NoOutcomeYet",
    "NotFound",
    "NotSignedIn",
    "Problem",
    "QuotaExceeded",
    "Unavailable",
    "__version__",
]
