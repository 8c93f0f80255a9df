"""The S3 client of botocore, for all that is not a plain GET of an image."""

from functools import cache
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client


@cache
def s3() -> "S3Client":
    """Return the client, made at the first call because that takes longer than loading the model.

    The stock loader walks the directories of some 440 services twice: this one knows of one version of S3.
    """
    from botocore.config import Config
    from botocore.loaders import Loader
    from botocore.session import Session

    class OneService(Loader):
        def list_available_services(self, type_name: str) -> list[str]:
            return ["s3"]

        def determine_latest_version(self, service_name: str, type_name: str) -> str:
            return "2006-03-01"

    session = Session()
    session.register_component("data_loader", OneService())
    config = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})
    return cast("S3Client", session.create_client("s3", config=config))
