"""A page of another origin, in a real browser: what its script may send to the API and the buckets, and read."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from local.demo import user
from tests.pipeline.browser.web_page import WebPage, opened
from tests.pipeline.chain import Chain


@pytest.fixture(scope="module")
def eve(ann: Chain) -> Chain:
    """A signed-in user whose uploads no other test counts."""
    return replace(ann, token=user.token(ann.deployment, "eve@example.com"))


@pytest.fixture(scope="module")
def web_page(eve: Chain) -> Iterator[WebPage]:
    """A page that Eve has opened."""
    with opened(eve) as page:
        yield page


@pytest.fixture(scope="module")
def image_id(eve: Chain) -> str:
    """A recognized image of Eve's."""
    return str(eve.settled(eve.by_url("cat.png"))["image_id"])


def test_a_script_sends_json_with_a_token_and_reads_the_response(web_page: WebPage, eve: Chain) -> None:
    response = web_page.run(
        """
        const body = JSON.stringify({url, name: "from-a-page.png"});
        const type = {"Content-Type": "application/json"};
        return read(await fetch(`${api}/images`, {method: "POST", headers: {...headers, ...type}, body}));
        """,
        url=f"{eve.photos}/cat.png",
    )
    assert response["status"] == 202
    image_id = json.loads(response["body"])["image_id"]
    assert response["headers"]["location"].endswith(f"/images/{image_id}")
    assert response["headers"]["x-request-id"]
    assert eve.settled(image_id)["status"] == "recognized"


@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH", "PUT", "OPTIONS"])
def test_a_script_reads_errors_with_their_code(web_page: WebPage, method: str) -> None:
    response = web_page.run("return read(await fetch(`${api}/nowhere`, {method, headers}));", method=method)
    assert response["status"] == (204 if method == "OPTIONS" else 404)
    assert method == "OPTIONS" or json.loads(response["body"])["code"] == "no_such_route"


def test_a_script_reads_which_methods_a_path_has(web_page: WebPage) -> None:
    response = web_page.run('return read(await fetch(`${api}/images`, {method: "PUT", headers}));')
    assert (response["status"], response["headers"]["allow"]) == (405, "GET, HEAD, POST")


def test_a_script_without_a_token_reads_the_refusal_and_its_challenge(web_page: WebPage) -> None:
    response = web_page.run("return read(await fetch(`${api}/images`));")
    assert (response["status"], json.loads(response["body"])["code"]) == (401, "token_missing")
    assert response["headers"]["www-authenticate"].startswith("Bearer")


def test_a_script_sends_a_picture_by_a_presigned_form(web_page: WebPage, eve: Chain, cat: bytes) -> None:
    asked, stored = web_page.run(
        """
        const body = JSON.stringify({name: "cat.jpg", content_type: "image/jpeg"});
        const asked = await read(await fetch(`${api}/uploads`, {method: "POST", headers, body}));
        const {url, fields} = JSON.parse(asked.body).upload;
        const form = new FormData();
        Object.entries(fields).forEach(([name, value]) => form.append(name, value));
        const picture = await (await fetch(`data:image/jpeg;base64,${cat}`)).blob();
        form.append("file", picture, "cat.jpg");
        return [asked, await read(await fetch(url, {method: "POST", body: form}))];
        """,
        cat=base64.b64encode(cat).decode(),
    )
    assert (asked["status"], stored["status"]) == (201, 204)
    assert eve.settled(json.loads(asked["body"])["image_id"])["recognition"]["detections"][0]["label"] == "cat"


@pytest.mark.parametrize("picture", ["annotated", "thumbnail"])
def test_a_script_reads_a_derived_picture_through_the_redirect_to_its_bucket(
    web_page: WebPage, image_id: str, picture: str
) -> None:
    width, redirected = web_page.run(
        """
        const response = await fetch(`${api}/images/${id}/${picture}`, {headers});
        const bitmap = await createImageBitmap(await response.blob());
        return [bitmap.width, response.redirected && !response.url.startsWith(api)];
        """,
        id=image_id,
        picture=picture,
    )
    assert width > 100
    assert redirected


def test_a_script_reads_the_original_by_its_link(web_page: WebPage, image_id: str) -> None:
    kind, width = web_page.run(
        """
        const image = await (await fetch(`${api}/images/${id}`, {headers})).json();
        const picture = await (await fetch(image.links.original)).blob();
        return [picture.type, (await createImageBitmap(picture)).width];
        """,
        id=image_id,
    )
    assert kind == "image/png"
    assert width > 100


def test_a_script_draws_a_picture_and_reads_its_pixels(web_page: WebPage, image_id: str) -> None:
    """Check that the picture does not taint the canvas, as one without permission to be read would."""
    pixels = web_page.run(
        """
        const response = await fetch(`${api}/images/${id}`, {headers});
        const picture = Object.assign(new Image(), {crossOrigin: "anonymous"});
        picture.src = (await response.json()).links.original;
        await picture.decode();
        const canvas = Object.assign(document.createElement("canvas"), {width: 8, height: 8});
        const context = canvas.getContext("2d");
        context.drawImage(picture, 0, 0, 8, 8);
        return context.getImageData(0, 0, 8, 8).data.length;
        """,
        id=image_id,
    )
    assert pixels == 8 * 8 * 4


@pytest.mark.usefixtures("image_id")
@pytest.mark.parametrize("file_format", ["json", "csv", "coco"])
def test_a_script_reads_an_exported_file(web_page: WebPage, file_format: str) -> None:
    exported = web_page.run(
        """
        const answer = await fetch(`${api}/images/export?format=${format}`, {headers});
        return read(await fetch((await answer.json()).url));
        """,
        format=file_format,
    )
    assert exported["status"] == 200
    assert "cat.png" in exported["body"]


def test_a_script_may_not_read_a_bucket_that_is_not_open_to_pages(web_page: WebPage, eve: Chain) -> None:
    """Check that the browser refuses what is not allowed: otherwise the other tests would show nothing."""
    s3, bucket = eve.deployment.client("s3"), eve.deployment.endpoints.models_bucket
    s3.put_object(Bucket=bucket, Key="notes/for-nobody.txt", Body=b"private")
    link = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "notes/for-nobody.txt"})
    script = "return fetch(link).then((response) => response.text(), (error) => error.name);"
    assert web_page.run(script, link=link) == "TypeError"
