"""Handler of GET /images/export: writes a file of the owner's images, and returns a presigned link to it."""

import os
import time
from collections.abc import Callable
from typing import Any

from domain.clock import now, rfc3339
from domain.ids import fresh_id
from recognition.images.runtime.export.export import Export
from recognition.images.runtime.export.formats.export_file import ExportFile
from recognition.images.runtime.export.formats.file_formats import FILE_FORMATS
from recognition.images.runtime.export.sizes import THREADS, ImageSizes
from recognition.images.runtime.filters import FILTERS, Filters
from recognition.images.runtime.presigned_link import LIFETIME, presigned_link
from recognition.images.runtime.query_options import query_options
from recognition.images.runtime.search import Page, Search
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.recognitions import Recognitions
from wire.aws.client import client
from wire.http.api import ApiError, Request, Response, json_response, only_query, owner, query, respond
from wire.http.paging import Cursors, limit

DERIVED_BUCKET = os.environ["DERIVED_BUCKET"]
MOST_IMAGES = 10_000
SECONDS = 15
"""Time for reading: the API gateway's timeout is 30 s, and the file has to be written afterwards."""

s3, dynamodb = client("s3", signature_version="s3v4", max_pool_connections=THREADS), client("dynamodb")
cursors = Cursors(os.environ["RECOGNITIONS_TABLE"])
search = Search.from_environment(os.environ, dynamodb)
recognitions = Recognitions(dynamodb, os.environ["RECOGNITIONS_TABLE"])
sizes = ImageSizes(s3)


def handler(event: Request, context: Any) -> Response:
    """Handle a request of the HTTP API."""
    return respond(ROUTES, event)


def export_images(request: Request) -> Response:
    """GET /images/export: write those of your images that match the filters into one file, newest first."""
    only_query(request, "format", *FILTERS, "limit", "cursor", "top_k")
    file_format, filters = _format(request), Filters.from_request(request)
    options = query_options(request, "top_k", "min_confidence")
    most, after, caller = limit(request, MOST_IMAGES, MOST_IMAGES), cursors.read(request), owner(request)

    image_ids: list[str] = []

    def read_page(room: int, before: str | None) -> Page:
        entries, last = search.page(caller, filters, room, before)
        complete = _complete(file_format, caller, filters, entries)
        image_ids.extend(entry.image.image_id for entry in complete)
        return Page(complete, last)

    file, deadline = FILE_FORMATS[file_format](), time.monotonic() + SECONDS
    last = Export(options, most, lambda: time.monotonic() > deadline).fill(file, read_page, after)
    key = f"exports/{caller}/{fresh_id('exp', now())}.{file.suffix}"
    _store(key, file, lambda: recognitions.any_erased(caller, image_ids))
    body = {"format": file_format, "images": file.images, "left_out": file.left_out}
    link = _link(key, f"sightline-{file_format}.{file.suffix}")
    return json_response(200, body | link | {"next_cursor": cursors.after(request, last)})


def _format(request: Request) -> str:
    file_format = query(request, "format") or ""
    if file_format not in FILE_FORMATS:
        raise ApiError(400, "invalid_format", f"format must be one of {', '.join(FILE_FORMATS)}.")
    return file_format


def _complete(file_format: str, caller: str, filters: Filters, entries: list[Entry]) -> list[Entry]:
    """Return the current entries, with the outlines, masks and sizes that index rows lack and formats show."""
    if not search.finds_shapes(filters):
        entries = recognitions.by_ids(caller, [entry.image.image_id for entry in entries])
    return sizes.complete(entries) if file_format == "coco" else entries


def _store(key: str, file: ExportFile, any_erased: Callable[[], bool]) -> None:
    """Store the file, which is deleted within two days; raises ApiError 503 `images_erased`."""
    s3.put_object(Bucket=DERIVED_BUCKET, Key=key, Body=file.text().encode(), ContentType=file.content_type)
    # Race: an image of the file may have been erased since it was read. An erasure that comes after this look comes
    # after the export: docs/api.md says how long its file remains.
    if any_erased():
        s3.put_object(Bucket=DERIVED_BUCKET, Key=key, Body=b"")
        detail = "An image was erased while the file was written; try again."
        raise ApiError(503, "images_erased", detail, retryable=True)


def _link(key: str, name: str) -> dict[str, str]:
    """Return a presigned link to the file, under the name with which it is saved, and the time of the link's expiry."""
    disposition = f'attachment; filename="{name}"'
    location = {"Bucket": DERIVED_BUCKET, "Key": key, "ResponseContentDisposition": disposition}
    return {"url": presigned_link(s3, location), "expires_at": rfc3339(now() + LIFETIME)}


ROUTES = {"GET /images/export": export_images}
