"""Answers GET /images/export: a file of what was seen, and a link that opens it."""

import os
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from domain.clock import now, rfc3339
from domain.ids import fresh_id
from recognition.images.runtime.export.export import Page, fill
from recognition.images.runtime.export.formats.coco_file import CocoFile
from recognition.images.runtime.export.formats.csv_file import CsvFile
from recognition.images.runtime.export.formats.export_file import ExportFile
from recognition.images.runtime.export.formats.json_file import JsonFile
from recognition.images.runtime.export.sizes import AT_ONCE, Sizes
from recognition.images.runtime.filters import FILTERS, Filters
from recognition.images.runtime.query_options import query_options
from recognition.images.runtime.search import Search
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.recognitions import Recognitions
from wire.aws.client import client
from wire.http.api import ApiError, Request, Response, json_response, only_query, owner, query, respond
from wire.http.paging import Cursors, limit

DERIVED_BUCKET = os.environ["DERIVED_BUCKET"]
MOST_IMAGES = 10_000
LINK = timedelta(hours=1)
SECONDS = 15
"""Of reading: the gateway hangs up after 30, and what was read has to be written."""

FORMATS: dict[str, Callable[[], ExportFile]] = {"json": JsonFile, "csv": CsvFile, "coco": CocoFile}

s3, dynamodb = client("s3", signature_version="s3v4", max_pool_connections=AT_ONCE), client("dynamodb")
cursors = Cursors(os.environ["CURSOR_KEY_ARN"])
search = Search(dynamodb, os.environ["RECOGNITIONS_TABLE"], os.environ["IMAGE_INDEX_TABLE"])
recognitions = Recognitions(dynamodb, os.environ["RECOGNITIONS_TABLE"])
sizes = Sizes(s3)


def handler(event: Request, context: Any) -> Response:
    """The HTTP API's handler."""
    return respond(ROUTES, event)


def export_images(request: Request) -> Response:
    """GET /images/export: those of the owner's images that the filters fit, newest first, in one file."""
    only_query(request, "format", *FILTERS, "limit", "cursor", "top_k")
    form, filters = _form(request), Filters.from_request(request)
    asked = query_options(request, "top_k", "min_confidence")
    most, after, whose = limit(request, MOST_IMAGES, MOST_IMAGES), cursors.read(request), owner(request)

    def page(room: int, before: str | None) -> Page:
        entries, last = search.page(whose, filters, room, before)
        return _complete(form, whose, filters, entries), last

    file, over = FORMATS[form](), time.monotonic() + SECONDS
    last = fill(file, asked, most, after, page, lambda: time.monotonic() > over)
    told = {"format": form, "images": file.images, "left_out": file.left_out}
    return json_response(200, told | _stored(whose, form, file) | {"next_cursor": cursors.after(request, last)})


def _form(request: Request) -> str:
    given = query(request, "format") or ""
    if given not in FORMATS:
        raise ApiError(400, "invalid_format", f"format must be one of {', '.join(FORMATS)}.")
    return given


def _complete(form: str, whose: str, filters: Filters, entries: Sequence[Entry]) -> Sequence[Entry]:
    """The entries with what the format shows of them that the rows they were found by may lack."""
    if form != "csv" and not search.finds_whole(filters):
        entries = recognitions.by_ids(whose, [entry.image.image_id for entry in entries])
    return sizes.complete(entries) if form == "coco" else entries


def _stored(whose: str, form: str, file: ExportFile) -> dict[str, str]:
    """The link, and until when it is good; the file itself is gone within two days."""
    place = {"Bucket": DERIVED_BUCKET, "Key": f"exports/{whose}/{fresh_id('exp', now())}.{file.suffix}"}
    s3.put_object(**place, Body=file.text().encode(), ContentType=file.content_type)
    named = f'attachment; filename="sightline-{form}.{file.suffix}"'
    opened = place | {"ResponseContentDisposition": named}
    url = s3.generate_presigned_url("get_object", Params=opened, ExpiresIn=int(LINK.total_seconds()))
    return {"url": str(url), "expires_at": rfc3339(now() + LINK)}


ROUTES = {"GET /images/export": export_images}
