"""Upload routes: a picture by URL, as bytes, or through a presigned form that goes to S3 directly."""

import os
from collections.abc import Mapping
from urllib.parse import unquote, unquote_plus

from api.ingest.runtime.image_bucket import CLIENT_SETTINGS, Images, NewImage
from api.ingest.runtime.image_name import image_name, name_in_url
from api.ingest.runtime.problems import with_problems
from domain.image_type import CONTENT_TYPES
from domain.options import Options
from wire.aws.client import client
from wire.http import api
from wire.http.api import ApiError, Request, Response, json_response
from wire.http.body import image_body_type, media_type
from wire.http.form import Picture, read_picture
from wire.http.model_names import ModelNames
from wire.http.quota import Quota
from wire.outbound.download import FetchError
from wire.outbound.fetch import fetch, is_own_fetch
from wire.outbound.policy import Policy
from wire.outbound.target import TargetError, check_url

IMAGES = Images(client("s3", **CLIENT_SETTINGS), os.environ["IMAGES_BUCKET"])
DETECTORS = os.environ["DETECTORS"].split(",")
PUBLIC_URL = os.environ["PUBLIC_URL"]
POLICY = Policy.from_environment(os.environ)
MODELS = ModelNames(PUBLIC_URL)
QUOTA = Quota.from_environment(os.environ)
_FORM_OPTIONS = ("detector", "model", "top_k", "min_confidence")


def handler(event: Request, context: object) -> Response:
    """Handle a request of the HTTP API."""
    return api.respond(ROUTES, event)


def index(request: Request) -> Response:
    """`GET /?url=&name=`: fetch and store a picture. Without `url`, redirect to `GET /images` with the same query."""
    url = _url_in_query(request)
    if url is None:
        parameters = request.get("rawQueryString")
        return json_response(302, {}, location=f"{PUBLIC_URL}/images" + (f"?{parameters}" if parameters else ""))
    api.only_query(request, "url", "name")
    return _upload_url(request, url, api.query(request, "name"), Options())


def add_image(request: Request) -> Response:
    """`POST /images`: store a picture. The body is the picture, a form with its file, or a JSON object with its URL."""
    if not _is_json(request):
        api.only_query(request, "name")
        return _upload_picture(request, read_picture(request, "name", *_FORM_OPTIONS))
    api.only_query(request)
    given = api.json_body(request)
    api.only_fields(given, "url", "name", "options")
    url = _text(given, "url")
    if url is None:
        detail = 'url is missing. Send JSON like {"url": "https://example.com/cat.jpg"}, or the bytes of a picture.'
        raise ApiError(400, "invalid_url", detail)
    return _upload_url(request, url, _text(given, "name"), _options(request, given))


def add_form(request: Request) -> Response:
    """`POST /uploads`: make a presigned form that sends one picture to S3."""
    api.only_query(request)
    given = api.json_body(request)
    api.only_fields(given, "name", "content_type", "options")
    content_type = _text(given, "content_type") or ""
    if content_type not in CONTENT_TYPES:
        raise ApiError(415, "unsupported_format", f"content_type must be one of {', '.join(CONTENT_TYPES)}.")
    image = _new_image(request, _options(request, given), _text(given, "name"))
    return json_response(201, {"image_id": image.image_id, "upload": IMAGES.presigned_form(image, content_type)})


def health(request: Request) -> Response:
    """`GET /health`: check that the API runs."""
    api.only_query(request)
    return json_response(200, {"status": "ok"})


ROUTES = {
    "GET /": with_problems(index),
    "POST /images": with_problems(add_image),
    "POST /uploads": with_problems(add_form),
    "GET /health": health,
}


def _url_in_query(request: Request) -> str | None:
    """Return the parameter `url`, in which + stays a plus, as in a URL; API Gateway makes it a space, as in a form."""
    for pair in request.get("rawQueryString", "").split("&"):
        name, _, value = pair.partition("=")
        if unquote_plus(name) == "url":
            try:
                return unquote(value, errors="strict")
            except UnicodeDecodeError:
                raise ApiError(400, "invalid_url", "url is not percent-encoded UTF-8.") from None
    return None


def _upload_url(request: Request, url: str, name: str | None, options: Options) -> Response:
    if is_own_fetch(request.get("headers", {}).get("cdn-loop", "")):
        raise FetchError("url_blocked", "This request is a fetch of this API, redirected back to it.")
    target = check_url(url)
    image = _new_image(request, options, name, name_in_url(target.path))
    try:
        with fetch(target, POLICY) as download:
            IMAGES.add_download(image, download)
    except (FetchError, TargetError) as error:
        if error.code == "url_blocked":
            QUOTA.give_back(api.owner(request))
        raise
    return _queued(image)


def _upload_picture(request: Request, picture: Picture) -> Response:
    content_type = image_body_type(picture.body, media_type(request))
    options = Options.from_texts({name: picture.fields.get(name) for name in _FORM_OPTIONS})
    _check(request, options)
    image = _new_image(request, options, api.query(request, "name"), picture.fields.get("name"), picture.name)
    IMAGES.add(image, content_type, picture.body, len(picture.body))
    return _queued(image)


def _new_image(request: Request, options: Options, *names: str | None) -> NewImage:
    """Admit the image by the owner's quota; its name is the first usable one of `names`."""
    owner = api.owner(request)
    QUOTA.admit(owner, options.detector or DETECTORS[0])
    image = NewImage.of(owner, image_name(*names), options)
    api.correlate_with(image.image_id)
    return image


def _queued(image: NewImage) -> Response:
    link = f"{PUBLIC_URL}/images/{image.image_id}"
    return json_response(202, {"image_id": image.image_id, "status": "queued", "links": {"self": link}}, location=link)


def _is_json(request: Request) -> bool:
    """Return whether the body is JSON, by its content type or by its first character, as no picture starts with {."""
    kind = media_type(request)
    if kind == "application/json" or kind.endswith("+json"):
        return True
    return not kind.startswith("multipart/") and api.raw_body(request).lstrip()[:1] == b"{"


def _options(request: Request, given: Mapping[str, object]) -> Options:
    options_given = {} if given.get("options") is None else given["options"]
    if not isinstance(options_given, dict):
        raise ApiError(400, "invalid_options", "options must be a JSON object.")
    options = Options.from_dict(options_given)
    _check(request, options)
    return options


def _check(request: Request, options: Options) -> None:
    """Refuse a detector that the deployment lacks, and a model that it does not list."""
    if options.detector and options.detector not in DETECTORS:
        raise ApiError(400, "detector_unavailable", f"The detectors of this deployment are {' and '.join(DETECTORS)}.")
    MODELS.check(request, options.model, options.detector or DETECTORS[0])


def _text(given: Mapping[str, object], name: str) -> str | None:
    value = given.get(name)
    if value is None or isinstance(value, str):
        return value
    raise ApiError(400, f"invalid_{name}", f"{name} must be text.")
