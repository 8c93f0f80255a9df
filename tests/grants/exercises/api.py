"""Exercises of the functions in the stack of the API."""

import requests

from tests.grants.stage import Stage


def bytes_are_stored(stage: Stage) -> None:
    """An upload by its bytes."""
    stage.ask("POST", "/images", 202, data=stage.picture(), headers={"Content-Type": "image/jpeg"})


def a_form_stores(stage: Stage) -> None:
    """An upload through a form, which the function signs."""
    form = stage.ask("POST", "/uploads", 201, json={"name": "cat.jpg", "content_type": "image/jpeg"})["upload"]
    stored = requests.post(form["url"], data=form["fields"], files={"file": stage.picture()}, timeout=30)
    assert stored.ok, stored.text


def the_description_is_served(stage: Stage) -> None:
    """What the API says of itself."""
    assert stage.ask("GET", "/openapi.json")["openapi"].startswith("3.1")


def a_token_is_known(stage: Stage) -> None:
    """The user is let in."""
    stage.ask("GET", "/images")


UPLOAD = (bytes_are_stored, a_form_stores)
DOCS = (the_description_is_served,)
AUTHORIZE = (a_token_is_known,)
