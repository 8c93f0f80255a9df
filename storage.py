"""Tables, buckets and queues as every stack has them, decided once: encrypted, recoverable, nothing lost unseen."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from constructs import Construct


def owner_table(scope: Construct, construct_id: str, sort_key: str, **more: Any) -> dynamodb.Table:
    """A table keyed by owner and what of the owner's it holds; see `keyed_table`."""
    return keyed_table(scope, construct_id, "owner", sort_key, **more)


def keyed_table(
    scope: Construct, construct_id: str, partition_key: str, sort_key: str, *, expires: str | None = None
) -> dynamodb.Table:
    """A table keyed by two strings, which stays when the stack goes; rows go at the epoch second in `expires`."""
    return dynamodb.Table(
        scope,
        construct_id,
        partition_key=dynamodb.Attribute(name=partition_key, type=dynamodb.AttributeType.STRING),
        sort_key=dynamodb.Attribute(name=sort_key, type=dynamodb.AttributeType.STRING),
        time_to_live_attribute=expires,
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption=dynamodb.TableEncryption.AWS_MANAGED,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )


def private_bucket(scope: Construct, construct_id: str, **more: Any) -> s3.Bucket:
    """A bucket nobody outside the account reads, encrypted; it stays when the stack goes."""
    return s3.Bucket(
        scope,
        construct_id,
        encryption=s3.BucketEncryption.S3_MANAGED,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        removal_policy=cdk.RemovalPolicy.RETAIN,
        **more,
    )


def access_log_bucket(scope: Construct, construct_id: str, *, enforce_ssl: bool) -> s3.Bucket:
    """Who read and wrote which object of other buckets, for ninety days."""
    expiry = s3.LifecycleRule(expiration=cdk.Duration.days(90))
    return private_bucket(scope, construct_id, enforce_ssl=enforce_ssl, lifecycle_rules=[expiry])


def generated_key(scope: Construct, construct_id: str, description: str) -> secretsmanager.Secret:
    """A random key in Secrets Manager; it stays when the stack goes."""
    return secretsmanager.Secret(
        scope,
        construct_id,
        description=description,
        generate_secret_string=secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True),
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )


def secret_arn(secret: secretsmanager.Secret) -> str:
    """As an attribute: `Ref` is the ARN too, but in the emulator it is the name, which no policy matches."""
    resource = secret.node.default_child
    assert isinstance(resource, secretsmanager.CfnSecret)
    return resource.attr_id


def queue_with_dead_letters(
    scope: Construct, name: str, *, tries: int, function_seconds: int, enforce_ssl: bool
) -> tuple[sqs.Queue, sqs.Queue]:
    """A queue, and the dead letters it gives a message to after so many tries; both keep for two weeks.

    A message is hidden six times as long as its function may take, as AWS asks of event sources:
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """
    dead = _queue(scope, f"{name}Dead", enforce_ssl)
    hidden = cdk.Duration.seconds(6 * function_seconds)
    return _queue(
        scope, f"{name}Queue", enforce_ssl, hidden, sqs.DeadLetterQueue(queue=dead, max_receive_count=tries)
    ), dead


def _queue(
    scope: Construct,
    construct_id: str,
    enforce_ssl: bool,
    visibility_timeout: cdk.Duration | None = None,
    dead_letter_queue: sqs.DeadLetterQueue | None = None,
) -> sqs.Queue:
    return sqs.Queue(
        scope,
        construct_id,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=enforce_ssl,
        retention_period=cdk.Duration.days(14),
        visibility_timeout=visibility_timeout,
        dead_letter_queue=dead_letter_queue,
    )
