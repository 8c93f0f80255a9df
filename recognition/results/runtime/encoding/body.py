"""The body of a row, which says everything about an entry but its key: `pack` and its inverse `unpack`.

A version byte, then deflated JSON of what is neither a default nor derivable, then bytes: digests, times, confidences
and boxes. Another dictionary, or another rule of what is derived (the key of an upload, for example), is another
version; the earlier ones stay readable, because rows are never rewritten.
"""

import json
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from domain.image import SEQUENCER_DIGITS, Image, image_key
from domain.options import Options
from domain.recognition import Model, Outcome, Recognition, Rejection
from recognition.results.runtime.encoding.detections import Fields, pack_detections, unpack_detections
from recognition.results.runtime.encoding.dictionary import DICTIONARY
from recognition.results.runtime.encoding.packing import Reader, hex_bytes, milliseconds, time_of

VERSION = 1

_RAW = -15
"""The window of a deflate stream without header and checksum: DynamoDB checks its rows itself."""
_LEVEL = 9
_TIME_BYTES, _AGO_BYTES, _DIGEST_BYTES, _ETAG_BYTES = 6, 4, 32, 16
_TIME, _AGO, _DIGEST, _CONTENT, _SEQUENCER = 1, 2, 4, 8, 16
"""Bits of the first byte: which of these fields are bytes."""
_OPTIONS = Options()
_NO_VERSION = "null"


class BodyError(ValueError):
    """A body has a version that this code does not know."""


class Body(NamedTuple):
    """An image, its outcome and the time of the outcome, the options of the image, and how the outcome came about."""

    image: Image
    outcome: Outcome
    at: str
    options: Options
    tries: int = 1
    request: str = ""
    reused_from: str = ""


def pack(body: Body, *, shapes: bool) -> bytes:
    """Return a body as bytes, with or without `shapes`: outlines and masks. Fractions are rounded to four digits."""
    fields, packed = _pack_image(body.image, body.at)
    optional = {"t": body.tries, "g": body.request, "f": body.reused_from}
    fields |= {name: value for name, value in optional.items() if value not in (1, "")}
    if body.options != _OPTIONS:
        given = {name: getattr(body.options, name) for name in Options.__slots__}
        fields["options"] = {name: value for name, value in given.items() if value is not None}
    if isinstance(body.outcome, Rejection):
        fields["x"] = list(body.outcome)
    else:
        more, numbers = _pack_recognition(body.outcome, packed, shapes=shapes)
        fields |= more
        packed.end += numbers
    return bytes([VERSION]) + _deflated(fields) + packed.to_bytes()


def unpack(packed: bytes, owner: str, image_id: str) -> Body:
    """Read what `pack` returned for an image with this key; raises BodyError."""
    if packed[:1] != bytes([VERSION]):
        raise BodyError(f"The version of a row's body is {packed[:1]!r}.")
    inflater = zlib.decompressobj(_RAW, zdict=DICTIONARY)
    text = inflater.decompress(packed[1:]) + inflater.flush()
    fields, reader = json.loads(text.decode("utf-8", "surrogatepass")), Reader(inflater.unused_data)
    flags = reader.number(1)
    image, at = _unpack_image(fields, reader, flags, (owner, image_id))
    outcome: Outcome = (
        Rejection(*fields["x"]) if "x" in fields else _unpack_recognition(fields, reader, digest=bool(flags & _DIGEST))
    )
    options = Options(**fields["options"]) if "options" in fields else _OPTIONS
    return Body(image, outcome, at, options, fields.get("t", 1), fields.get("g", ""), fields.get("f", ""))


class _Packed:
    """Bytes in the order in which they are read, behind the flags that say which of them there are."""

    def __init__(self) -> None:
        self.flags, self.end = 0, b""

    def add(self, flag: int, packed: bytes | None) -> bool:
        """Add the bytes of a field; return whether there are any."""
        if packed is not None:
            self.flags |= flag
            self.end += packed
        return packed is not None

    def to_bytes(self) -> bytes:
        return bytes([self.flags]) + self.end


def _deflated(fields: Fields) -> bytes:
    text = json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    deflater = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW, zdict=DICTIONARY)
    return deflater.compress(text) + deflater.flush()


def _pack_image(image: Image, at: str) -> tuple[Fields, _Packed]:
    packed, received = _Packed(), milliseconds(image.received_at)
    columns = (
        (_TIME, None if received is None else received.to_bytes(_TIME_BYTES, "big"), "r", image.received_at),
        (_AGO, _ago(at, received), "a", at),
        (_CONTENT, _etag(image), "e", image.content),
        (_SEQUENCER, _sequencer(image.sequencer), "q", image.sequencer),
    )
    exact = {name: text for flag, column, name, text in columns if not packed.add(flag, column)}
    derived = _derived_key(image.owner, image.image_id, image.name, has_options=image.has_options)
    optional: Fields = {
        "v": (image.version, _NO_VERSION),
        "k": (image.key, derived),
        "o": (int(image.has_options), 0),
        "e": (exact.pop("e", ""), ""),
    }
    given = {name: value for name, (value, default) in optional.items() if value != default}
    return {"n": image.name, "b": image.bucket, "z": image.size} | given | exact, packed


def _unpack_image(fields: Mapping[str, Any], reader: Reader, flags: int, key: tuple[str, str]) -> tuple[Image, str]:
    owner, image_id = key
    received = reader.number(_TIME_BYTES) if flags & _TIME else 0
    at = time_of(received + reader.number(_AGO_BYTES)) if flags & _AGO else fields["a"]
    content = f"{reader.take(_ETAG_BYTES).hex()}-{fields['z']}" if flags & _CONTENT else fields.get("e", "")
    sequencer = _unpacked_sequencer(reader) if flags & _SEQUENCER else fields["q"]
    name, has_options = fields["n"], "o" in fields
    image = Image(
        image_id=image_id,
        owner=owner,
        name=name,
        bucket=fields["b"],
        key=fields["k"] if "k" in fields else _derived_key(owner, image_id, name, has_options=has_options),
        version=fields.get("v", _NO_VERSION),
        sequencer=sequencer,
        size=fields["z"],
        received_at=time_of(received) if flags & _TIME else fields["r"],
        has_options=has_options,
        content=content,
    )
    return image, at


def _derived_key(owner: str, image_id: str, name: str, *, has_options: bool) -> str:
    return image_key(owner, image_id, name, has_options=has_options)


def _ago(at: str, received: int | None) -> bytes | None:
    """Return the milliseconds from the arrival of an image to its outcome."""
    outcome = milliseconds(at)
    if received is None or outcome is None or not 0 <= outcome - received < 256**_AGO_BYTES:
        return None
    return (outcome - received).to_bytes(_AGO_BYTES, "big")


def _etag(image: Image) -> bytes | None:
    """Return the ETag of an object that was put in one part."""
    etag = hex_bytes(image.content[: 2 * _ETAG_BYTES])
    whole = etag is not None and image.content == f"{etag.hex()}-{image.size}" and len(etag) == _ETAG_BYTES
    return etag if whole else None


def _sequencer(sequencer: str) -> bytes | None:
    """Return a sequencer without the zeros at its end, after its number of digits."""
    digits = sequencer.rstrip("0")
    even = digits + "0" * (len(digits) % 2)
    packed = hex_bytes(even.lower())
    exact = even.upper().ljust(SEQUENCER_DIGITS, "0") == sequencer
    return bytes([len(packed)]) + packed if packed is not None and exact and len(packed) < 256 else None


def _unpacked_sequencer(reader: Reader) -> str:
    return reader.take(reader.number(1)).hex().upper().ljust(SEQUENCER_DIGITS, "0")


def _pack_recognition(recognition: Recognition, packed: _Packed, *, shapes: bool) -> tuple[Fields, bytes]:
    name, version, digest = recognition.model
    fields: Fields = {"d": recognition.detector, "m": [name, version], "u": recognition.duration_ms}
    whole = hex_bytes(digest) if len(digest) == 2 * _DIGEST_BYTES else None
    if not packed.add(_DIGEST, whole) and digest:
        fields["m"].append(digest)
    if recognition.size:
        fields["w"] = list(recognition.size)
    if recognition.asked != recognition.detector:
        fields["asked"] = recognition.asked
    detections, numbers = pack_detections(recognition.detections, shapes=shapes)
    return fields | detections, numbers


def _unpack_recognition(fields: Mapping[str, Any], reader: Reader, *, digest: bool) -> Recognition:
    name, version, *rest = fields["m"]
    whole = reader.take(_DIGEST_BYTES).hex() if digest else "".join(rest)
    return Recognition(
        detector=fields["d"],
        model=Model(name, version, whole),
        detections=unpack_detections(fields, reader),
        duration_ms=fields["u"],
        size=tuple(fields["w"]) if "w" in fields else None,
        asked=fields.get("asked", ""),
    )
