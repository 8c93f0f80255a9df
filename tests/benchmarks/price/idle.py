"""The price of a deployment at rest, a month, counted from its templates."""

from domain.metrics import METRICS
from tests.benchmarks.price.table import dollars
from tests.stacks import resources

_POLLERS, _POLL_SECONDS, _MONTH_SECONDS = 5, 20, 730 * 3600
"""Lambda keeps five long polls of twenty seconds open on each queue that it reads."""

POLLS = _POLLERS * _MONTH_SECONDS / _POLL_SECONDS
"""Requests of SQS for each queue, a month."""


def idle_prices() -> dict[str, float]:
    """Return US dollars a month by what costs them, at the default settings and without any image."""
    return {
        f"{_count('AWS::CloudWatch::Alarm')} alarms": sum(
            dollars("alarm", len(alarm["Properties"].get("Metrics", [1])))
            for _, alarm in resources("AWS::CloudWatch::Alarm")
        ),
        f"{_secrets()} secret{'s' * (_secrets() != 1)}": dollars("secret", _secrets()),
        f"{_count('AWS::KMS::Key')} keys of your own in KMS": dollars("key", _count("AWS::KMS::Key")),
        f"long polls of {_count('AWS::Lambda::EventSourceMapping')} queues": dollars(
            "SQS", POLLS * _count("AWS::Lambda::EventSourceMapping") / 1_000_000
        ),
    }


def dashboard_price() -> float:
    """Return the price of the dashboards, a month, where the account has used up its three free ones."""
    return dollars("dashboard", _count("AWS::CloudWatch::Dashboard"))


def metrics_price() -> float:
    """Return the price of the app's own metrics in a month in which each has values in every hour."""
    return dollars("metric", len(METRICS))


def _secrets() -> int:
    return _count("AWS::SecretsManager::Secret")


def _count(kind: str) -> int:
    return sum(1 for _ in resources(kind))
