"""A photograph with personal metadata, and its upload in every way."""

import io

from PIL import Image

from tests.loopback_server import response, serving
from tests.pipeline.chain import Chain

OWNER, SERIAL, PLACE, NOTE = "Ada Markerlace", "SN-5f2c9d71", "behind the barn 7c3e", "diary entry 91ab"
LATITUDE, LONGITUDE = 47.3764812, 8.5417693
QUERY = "a1b2c3-not-for-any-log"
MARKS = (OWNER, SERIAL, PLACE, NOTE, "Markerlace", "47.376", "8.5417", "473764812", "85417693", QUERY)


def marked(picture: bytes) -> bytes:
    """Return the picture as a JPEG whose EXIF holds an owner, a serial number, a place and a note."""
    exif = Image.Exif()
    exif[0x013B], exif[0x8298] = OWNER, OWNER
    exif.get_ifd(0x8769).update({0xA430: OWNER, 0xA431: SERIAL, 0x9286: b"ASCII\0\0\0" + NOTE.encode()})
    place = {1: "N", 2: (LATITUDE, 0.0, 0.0), 3: "E", 4: (LONGITUDE, 0.0, 0.0), 27: b"ASCII\0\0\0" + PLACE.encode()}
    exif.get_ifd(0x8825).update(place)
    file = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as plain:
        plain.save(file, "JPEG", quality=90, exif=exif.tobytes())
    marked_picture = file.getvalue()
    assert all(text.encode() in marked_picture for text in (OWNER, SERIAL, PLACE, NOTE))
    return marked_picture


def by_every_way(chain: Chain, picture: bytes) -> str:
    """Upload a picture whole and cut, by bytes, form, URL and hand, and classify it; return the image id by URL."""
    cut = picture[: len(picture) // 2]
    for body in (picture, cut):
        chain.by_bytes("marked.jpg", body)
        chain.by_form("marked.jpg", body, detector="cascade")
        chain.request("POST", "/classify", data=body, headers={"Content-Type": "image/jpeg"})
    bucket = chain.deployment.endpoints.images_bucket
    chain.deployment.client("s3").put_object(
        Bucket=bucket, Key="by hand/marked.jpg", Body=cut, Metadata={"note": QUERY}
    )
    presigned = f"/marked.jpg?X-Amz-Signature={QUERY}"
    with serving({presigned: response(picture), f"/?{QUERY}": response(b"no picture")}) as server:
        chain.request("POST", "/images", json={"url": f"{server.url}/?{QUERY}"})
        token = {"Authorization": f"Bearer {QUERY}"}
        chain.request("GET", "/", params={"url": f"{server.url}/gone.jpg?{QUERY}"}, headers=token)
        accepted = chain.request("POST", "/images", json={"url": server.url + presigned, "name": "marked.jpg"})
    assert accepted.status_code == 202, accepted.text
    return str(accepted.json()["image_id"])
