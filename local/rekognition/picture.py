"""The picture of a call: an object in S3, or bytes, within Rekognition's limits.

https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
"""

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ParamValidationError

from edge_ml.image_error import ImageError
from edge_ml.pictures.decompression.decoder_errors import decoder_errors_translated
from edge_ml.pictures.formats.image_header import open_image
from edge_ml.pictures.formats.signatures import detect_format
from local.rekognition.parameters import invalid
from local.rekognition.protocol import RekognitionError

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

_FORMATS = ("JPEG", "PNG")
_MAX_BYTES = 5 * 1024 * 1024
_MAX_OBJECT = 15 * 1024 * 1024
_MIN_SIDE, _MAX_SIDE = 80, 10_000
"""In pixels."""


def read(image: object, s3: "S3Client") -> bytes:
    """Return the file of the parameter `Image`, which holds `Bytes` or `S3Object`; raises RekognitionError."""
    if not isinstance(image, dict) or len(image.keys() & {"Bytes", "S3Object"}) != 1:
        raise invalid("Image holds either Bytes or S3Object.")
    data = _object(image["S3Object"], s3) if "S3Object" in image else _bytes(image["Bytes"])
    _check(data)
    return data


def image_error(error: ImageError) -> RekognitionError:
    """Return Rekognition's error for a picture that the bundled models cannot read."""
    if error.code == "too_many_pixels":
        return RekognitionError("ImageTooLargeException", f"Image dimensions are too large: {error.detail}")
    return RekognitionError("InvalidImageFormatException", f"Request has invalid image format: {error.detail}")


def _bytes(encoded: object) -> bytes:
    try:
        data = base64.b64decode(str(encoded), validate=True)
    except ValueError as error:
        raise invalid("Image.Bytes is no base64.") from error
    if not data:
        raise invalid("Image.Bytes is empty.")
    if len(data) > _MAX_BYTES:
        raise RekognitionError("ImageTooLargeException", f"Image.Bytes holds more than {_MAX_BYTES:,} bytes.")
    return data


def _object(named: object, s3: "S3Client") -> bytes:
    if not isinstance(named, dict) or not all(isinstance(named.get(part), str) for part in ("Bucket", "Name")):
        raise invalid("Image.S3Object holds a Bucket and a Name.")
    try:
        found = s3.get_object(**_location(named))
    except (ClientError, ParamValidationError) as error:
        message = "Unable to get object metadata from S3. Check object key, region and/or access permissions."
        raise RekognitionError("InvalidS3ObjectException", message) from error
    if found["ContentLength"] > _MAX_OBJECT:
        raise RekognitionError("ImageTooLargeException", f"The object holds more than {_MAX_OBJECT:,} bytes.")
    return found["Body"].read()


def _location(named: Mapping[str, Any]) -> Any:
    location = {"Bucket": named["Bucket"], "Key": named["Name"]}
    return location | ({"VersionId": str(named["Version"])} if named.get("Version") else {})


def _check(data: bytes) -> None:
    if detect_format(data) not in _FORMATS:
        raise RekognitionError("InvalidImageFormatException", "Request has invalid image format: neither JPEG nor PNG.")
    try:
        with decoder_errors_translated():
            sides = open_image(data).size
    except ImageError as error:
        raise image_error(error) from error
    if max(sides) > _MAX_SIDE:
        raise RekognitionError("ImageTooLargeException", f"A side of the image is longer than {_MAX_SIDE:,} pixels.")
    if min(sides) < _MIN_SIDE:
        raise invalid(f"a side of the image is shorter than {_MIN_SIDE} pixels.")
