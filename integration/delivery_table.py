"""The table of the delivery log, with the indexes by which a webhook's deliveries are listed."""

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from storage import owner_table


def delivery_table(scope: Construct) -> dynamodb.Table:
    """Keyed by owner and delivery; an index holds how a delivery stands, and neither its body nor its attempts."""
    table = owner_table(scope, "DeliveryLog", "delivery", expires="expires")
    for name, key in (("by_webhook", "webhook"), ("by_status", "webhook_status")):
        table.add_global_secondary_index(
            index_name=name,
            partition_key=dynamodb.Attribute(name=key, type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="at", type=dynamodb.AttributeType.STRING),
            projection_type=dynamodb.ProjectionType.INCLUDE,
            non_key_attributes=["said"],
        )
    return table
