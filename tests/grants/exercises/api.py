"""Exercises of the functions in the API's stack."""

import requests

from tests.grants.stage import Stage


def bytes_are_stored(stage: Stage) -> None:
    """Upload by bytes."""
    stage.request("POST", "/images", 202, data=stage.picture(), headers={"Content-Type": "image/jpeg"})


def a_form_stores(stage: Stage) -> None:
    """Upload by a form, which the function signs."""
    form = stage.request("POST", "/uploads", 201, json={"name": "cat.jpg", "content_type": "image/jpeg"})["upload"]
    stored = requests.post(form["url"], data=form["fields"], files={"file": stage.picture()}, timeout=60)
    assert stored.ok, stored.text


def the_openapi_document_is_served(stage: Stage) -> None:
    """Serve the description of the API."""
    assert stage.request("GET", "/openapi.json")["openapi"].startswith("3.1")


def a_token_is_accepted(stage: Stage) -> None:
    """Authorize a signed-in user."""
    stage.request("GET", "/images")


UPLOAD = (bytes_are_stored, a_form_stores)
DOCS = (the_openapi_document_is_served,)
AUTHORIZE = (a_token_is_accepted,)
