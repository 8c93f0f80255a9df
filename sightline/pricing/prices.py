"""The one table of AWS's prices: all figures and docs/costs.md are computed from it."""

from typing import NamedTuple

DATE, REGION = "November 2026", "us-east-1"
"""The prices are list prices of this month and region, x86-64, without free allowances, by volume only where said."""


class Price(NamedTuple):
    """US dollars for a unit of a service, as published at https://aws.amazon.com/<page>/pricing/."""

    dollars: float
    unit: str
    page: str


PRICES = {
    "API Gateway": Price(1.00, "a million requests of an HTTP API, each begun 512 KB", "api-gateway"),
    "Lambda requests": Price(0.20, "a million invocations", "lambda"),
    "Lambda time": Price(16.6667, "a million GB-seconds, the start of a worker included", "lambda"),
    "S3 writes": Price(5.00, "a million PUT or POST requests", "s3"),
    "S3 reads": Price(0.40, "a million GET requests", "s3"),
    "SNS": Price(0.50, "a million publish requests, each begun 64 KB; up to ten messages in one", "sns"),
    "SQS": Price(0.40, "a million requests of a standard queue, each begun 64 KB; up to ten messages in one", "sqs"),
    "DynamoDB writes": Price(0.625, "a million request units of 1 KB; two for each in a transaction", "dynamodb"),
    "DynamoDB reads": Price(0.125, "a million request units of 4 KB; half of one where it may be stale", "dynamodb"),
    "S3 storage": Price(0.023, "a GB a month", "s3"),
    "DynamoDB storage": Price(0.45, "a GB a month, 0.20 of them for its recovery to any point in time", "dynamodb"),
    "Rekognition": Price(1000.0, "a million images of DetectLabels or DetectModerationLabels", "rekognition"),
    "X-Ray": Price(5.00, "a million traces that are recorded", "cloudwatch"),
    "logs": Price(0.50, "a GB that is written", "cloudwatch"),
    "data out": Price(0.09, "a GB to the internet", "ec2/on-demand"),
    "alarm": Price(0.10, "an alarm of one metric, a month", "cloudwatch"),
    "dashboard": Price(3.00, "a dashboard, a month; an account's first three are free", "cloudwatch"),
    "metric": Price(0.30, "a metric of the app's own, a month in which it has values every hour", "cloudwatch"),
    "secret": Price(0.40, "a secret, a month", "secrets-manager"),
    "key": Price(1.00, "a customer-managed key, a month", "kms"),
}

REKOGNITION_TIERS = ((1_000_000, 1.0), (4_000_000, 0.8), (30_000_000, 0.6), (float("inf"), 0.25))
"""Images of a month, and the share of the list price that each of them costs: https://aws.amazon.com/rekognition/pricing/"""


def dollars(name: str, units: float = 1.0) -> float:
    """Return the price of some units."""
    return PRICES[name].dollars * units


def rekognition_dollars(images: float) -> float:
    """Return the price of so many images of Rekognition in one month, by the tiers of its volume."""
    price, left = 0.0, images
    for size, share in REKOGNITION_TIERS:
        price += dollars("Rekognition", min(left, size) / 1_000_000 * share)
        left -= min(left, size)
    return price
