"""`sightline webhooks add`, `list`, `show`, `change`, `rotate`, `enable`, `disable` and `delete`."""

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from sightline.client.api import Api
from sightline.client.problem import Problem
from sightline.output import tables as display

Webhook = Mapping[str, Any]

WISHES = ("url", "events", "labels", "min_confidence", "rate_limit", "description")


def add(api: Api, given: Namespace) -> int:
    """Register a URL; the secret is shown this once."""
    return _shown_once(api.post("/webhooks", json=_wishes(given)), given)


def listed(api: Api, given: Namespace) -> int:
    """All of your webhooks, newest first."""
    found = list(api.items("/webhooks", None))
    if given.json:
        for webhook in found:
            display.machine_line(webhook)
    else:
        display.table(("webhook_id", "stands", "url", "description"), [_row(webhook) for webhook in found])
    return 0


def show(api: Api, given: Namespace) -> int:
    """One webhook."""
    return _shown(api.get(_path(given)), given)


def change(api: Api, given: Namespace) -> int:
    """Change what is named; what is forgotten is as if it had never been said."""
    wishes = dict.fromkeys(given.forget or ()) | _wishes(given)
    if not wishes:
        raise Problem("nothing_to_change", "Say what to change: sightline webhooks change --help lists it.")
    return _shown(api.patch(_path(given), **wishes), given)


def rotate(api: Api, given: Namespace) -> int:
    """Make a new secret, which is shown this once."""
    return _shown_once(api.post(f"{_path(given)}/rotate"), given)


def enable(api: Api, given: Namespace) -> int:
    """Have it told again."""
    return _shown(api.patch(_path(given), enabled=True), given)


def disable(api: Api, given: Namespace) -> int:
    """Have it told nothing."""
    return _shown(api.patch(_path(given), enabled=False), given)


def delete(api: Api, given: Namespace) -> int:
    """Forget it."""
    api.remove(_path(given))
    return 0


def _wishes(given: Namespace) -> dict[str, Any]:
    return {name: value for name in WISHES if (value := getattr(given, name)) is not None}


def _path(given: Namespace) -> str:
    return f"/webhooks/{given.webhook_id}"


def _shown_once(webhook: Webhook, given: Namespace) -> int:
    status = _shown(webhook, given)
    if not given.json:
        display.line("Keep the secret: it is not shown again.")
    return status


def _shown(webhook: Webhook, given: Namespace) -> int:
    if given.json:
        display.machine_line(webhook)
        return 0
    for name, value in webhook.items():
        if name not in ("links", "disabled", "enabled", "failing_since") and value not in (None, "", []):
            display.line(f"{name:21} {', '.join(value) if isinstance(value, list) else value}")
    display.line(f"{'stands':21} {_stands(webhook)}")
    if webhook["disabled"]:
        _show_way_back(webhook)
    elif webhook["failing_since"]:
        display.line(f"It is tried now and then; at once after: sightline webhooks enable {webhook['webhook_id']}")
    return 0


def _show_way_back(webhook: Webhook) -> None:
    """What it missed is of the day it began to fail, or was disabled on, and later."""
    name, since = webhook["webhook_id"], webhook["failing_since"] or webhook["disabled"]["at"]
    display.line(f"To have it told again: sightline webhooks enable {name}")
    display.line(f"then what it missed:   sightline webhooks replay {name} --since {since[:10]} --status dropped")


def _row(webhook: Webhook) -> tuple[str, str, str, str]:
    return webhook["webhook_id"], _stands(webhook), webhook["url"], webhook["description"]


def _stands(webhook: Webhook) -> str:
    if webhook["disabled"]:
        return f"disabled ({webhook['disabled']['reason']}) since {webhook['disabled']['at']}"
    return f"failing since {webhook['failing_since']}" if webhook["failing_since"] else "well"
