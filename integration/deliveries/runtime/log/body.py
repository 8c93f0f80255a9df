"""The body of a delivery in the log: its JSON text, deflated with a dictionary, so that most rows are under 1 kB.

DynamoDB bills a write by begun kilobytes. The dictionary is part of what is stored: rows that were written with another
one cannot be read.
"""

import zlib

from wire.aws.rows import Item

_DICTIONARY = (
    b'","rejection":{"code":"damaged_image","detail":"unsupported_format","request":"rcg_01,"parents":["Animal","Mammal'
    b'"]},{"label":"","asked":"cascade","detector":"rekognition","model":{"name":"rekognition","version":"3.0"'
    b'{"type":"image.erased","timestamp":"2026-{"type":"webhook.test","data":{"webhook_id":"sub_01","image.rejected'
    b'{"type":"image.recognized","timestamp":"2026-12-01T00:00:00.000Z","data":{"image_id":"img_01","name":".jpg",'
    b'"received_at":"2026-12-01T00:00:00.000Z","recognition":{"detector":"edge","asked":"edge","model":{"name":"animals",'
    b'"version":"1.0.0","digest":"0123456789abcdef"},"detections":[{"label":"","confidence":0.9,"box":{"left":0.,"top":0.'
    b',"width":0.,"height":0.}},{"label":"","confidence":0.}],"duration_ms":1,"size":{"width":1920,"height":1080}}}}'
)
"""Texts that many bodies contain; the most frequent at the end, where references to it are shortest."""


def stored_body(body: str) -> Item:
    """Return the attribute that holds a body."""
    deflate = zlib.compressobj(9, wbits=-15, zdict=_DICTIONARY)
    return {"body": {"B": deflate.compress(body.encode()) + deflate.flush()}}


def body_of(row: Item) -> str:
    """Return the body in a row of the log; empty if the row has none, as in the indexes."""
    if "body" not in row:
        return ""
    return zlib.decompressobj(wbits=-15, zdict=_DICTIONARY).decompress(bytes(row["body"]["B"])).decode()
