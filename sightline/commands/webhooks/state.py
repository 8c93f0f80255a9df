"""The state of a webhook in words."""

from sightline.client.schemas.webhook import Webhook


def webhook_state(webhook: Webhook) -> str:
    """Return `healthy`, or `failing`, `resting` or `disabled` with times and reason."""
    if disabled := webhook["disabled"]:
        return f"disabled ({disabled['reason']}) since {disabled['at']}"
    if not webhook["failing_since"]:
        return "healthy"
    failing = f"failing since {webhook['failing_since']}"
    resting_until = webhook.get("resting_until")
    return f"resting until {resting_until}, {failing}" if resting_until else failing
