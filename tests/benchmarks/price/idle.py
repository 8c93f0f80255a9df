"""What a deployment at rest is billed for, counted in its templates."""

from domain.metrics import METRICS
from sightline.pricing.month import AtRest
from sightline.pricing.prices import dollars
from tests.stacks import resources


def at_rest() -> AtRest:
    """Return what the default deployment has; an alarm of a formula counts once for each metric of the formula."""
    alarms = [alarm["Properties"] for _, alarm in resources("AWS::CloudWatch::Alarm")]
    return AtRest(
        alarms=sum(len(alarm.get("Metrics", [1])) for alarm in alarms),
        secrets=_count("AWS::SecretsManager::Secret"),
        keys=_count("AWS::KMS::Key"),
        queues=_count("AWS::Lambda::EventSourceMapping"),
    )


def dashboard_price() -> float:
    """Return the price of the dashboards, a month, where the account has used up its three free ones."""
    return dollars("dashboard", _count("AWS::CloudWatch::Dashboard"))


def metrics_price() -> float:
    """Return the price of the app's own metrics in a month in which each has values in every hour."""
    return dollars("metric", len(METRICS))


def _count(kind: str) -> int:
    return sum(1 for _ in resources(kind))
