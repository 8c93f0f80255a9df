"""The state of a webhook in words."""

from sightline.client.schemas.webhook import Webhook


def webhook_state(webhook: Webhook) -> str:
    """Return `healthy`, or `failing` or `disabled` with the moment since which it is so."""
    if disabled := webhook["disabled"]:
        return f"disabled ({disabled['reason']}) since {disabled['at']}"
    return f"failing since {webhook['failing_since']}" if webhook["failing_since"] else "healthy"
