"""Take pictures in: by URL, as bytes, or by a form that goes to S3 directly."""

import os
from collections.abc import Mapping
from typing import Any

from api.ingest.runtime.image_bucket import CLIENT_SETTINGS, Images, Place
from api.ingest.runtime.image_name import image_name, name_in_url
from api.ingest.runtime.problems import refusing
from domain.image_type import CONTENT_TYPES
from domain.options import Options
from wire.aws.client import client
from wire.http import api
from wire.http.api import ApiError, Request, Response, json_response
from wire.http.body import image_body_type
from wire.http.quota import Quota
from wire.outbound.download import FetchError
from wire.outbound.fetch import LOOP_MARK, fetch
from wire.outbound.policy import Policy
from wire.outbound.target import check_url

IMAGES = Images(client("s3", **CLIENT_SETTINGS), os.environ["IMAGES_BUCKET"])
DETECTORS = os.environ["DETECTORS"].split(",")
PUBLIC_URL = os.environ["PUBLIC_URL"]
POLICY = Policy.from_environment(os.environ)
QUOTA = Quota.from_environment(os.environ)


def handler(event: Request, context: object) -> Response:
    """Answer one request of the HTTP API."""
    return api.respond(ROUTES, event)


def index(request: Request) -> Response:
    """`GET /?url=&name=`: fetch a picture and keep it. Without a URL it leads to `GET /images` with the same query."""
    url = api.query(request, "url")
    if url is None:
        asked = request.get("rawQueryString")
        return json_response(302, {}, location=f"{PUBLIC_URL}/images" + (f"?{asked}" if asked else ""))
    api.only_query(request, "url", "name")
    written = url.replace(" ", "%20")  # API Gateway has decoded it once, and few callers encode it twice
    return _upload_url(request, written, api.query(request, "name"), Options())


def add_image(request: Request) -> Response:
    """`POST /images`: keep a picture. It is named by a URL in a JSON object, or is the body itself."""
    body = api.raw_body(request)
    if not _is_json(request, body):
        api.only_query(request, "name")
        return _upload_bytes(request, body)
    api.only_query(request)
    given = api.json_body(request)
    api.only_fields(given, "url", "name", "options")
    return _upload_url(request, _text(given, "url") or "", _text(given, "name"), _options(given))


def add_form(request: Request) -> Response:
    """`POST /uploads`: a form to send one picture to S3 with."""
    api.only_query(request)
    given = api.json_body(request)
    api.only_fields(given, "name", "content_type", "options")
    content_type = _text(given, "content_type") or ""
    if content_type not in CONTENT_TYPES:
        raise ApiError(415, "unsupported_format", f"content_type must be one of {', '.join(CONTENT_TYPES)}.")
    place = _place(request, _options(given), _text(given, "name"))
    return json_response(201, {"image_id": place.image_id, "upload": IMAGES.form(place, content_type)})


def health(request: Request) -> Response:
    """`GET /health`: whether the API is there."""
    return json_response(200, {"status": "ok"})


ROUTES = {
    "GET /": refusing(index),
    "POST /images": refusing(add_image),
    "POST /uploads": refusing(add_form),
    "GET /health": health,
}


def _upload_url(request: Request, url: str, name: str | None, options: Options) -> Response:
    if LOOP_MARK in request.get("headers", {}).get("cdn-loop", ""):
        raise FetchError("url_blocked", "This request is itself a fetch, which a server has led back here.")
    target = check_url(url)
    place = _place(request, options, name, name_in_url(target.path))
    with fetch(target, POLICY) as download:
        IMAGES.add_download(place, download)
    return _queued(place)


def _upload_bytes(request: Request, body: bytes) -> Response:
    content_type = image_body_type(body)
    place = _place(request, Options(), api.query(request, "name"))
    IMAGES.add(place, content_type, body, len(body))
    return _queued(place)


def _place(request: Request, options: Options, *wishes: str | None) -> Place:
    owner = api.owner(request)
    QUOTA.admit(owner, options.detector or DETECTORS[0])
    place = Place.of(owner, image_name(*wishes), options)
    api.about(place.image_id)
    return place


def _queued(place: Place) -> Response:
    link = f"{PUBLIC_URL}/images/{place.image_id}"
    return json_response(202, {"image_id": place.image_id, "status": "queued", "links": {"self": link}}, location=link)


def _is_json(request: Request, body: bytes) -> bool:
    """No picture begins with a brace, so a forgotten content type does no harm."""
    kind = request.get("headers", {}).get("content-type", "")
    return kind.startswith("application/json") or (not kind.startswith("image/") and body.lstrip()[:1] == b"{")


def _options(given: Mapping[str, Any]) -> Options:
    wanted = {} if given.get("options") is None else given["options"]
    if not isinstance(wanted, dict):
        raise ApiError(400, "invalid_options", "options must be a JSON object.")
    options = Options.from_dict(wanted)
    if options.detector and options.detector not in DETECTORS:
        raise ApiError(400, "detector_unavailable", f"This deployment has {' and '.join(DETECTORS)}.")
    return options


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is None or isinstance(value, str):
        return value
    raise ApiError(400, f"invalid_{name}", f"{name} must be text.")
