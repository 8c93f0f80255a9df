"""Tables, buckets and secrets as every stack defines them: encrypted, recoverable, retained."""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from wire.http import cors


def owner_table(scope: Construct, construct_id: str, sort_key: str, *, expires: str | None = None) -> dynamodb.Table:
    """Define a table keyed by owner and `sort_key`; see `keyed_table`."""
    return keyed_table(scope, construct_id, "owner", sort_key, expires=expires)


def keyed_table(
    scope: Construct, construct_id: str, partition_key: str, sort_key: str, *, expires: str | None = None
) -> dynamodb.Table:
    """Define a table keyed by two strings, retained when its stack is deleted.

    DynamoDB deletes a row at the Unix time (seconds) in its attribute `expires`.
    """
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


def private_bucket(scope: Construct, construct_id: str, **properties: Any) -> s3.Bucket:
    """Define an encrypted bucket that nobody outside the account reads, retained when its stack is deleted."""
    return s3.Bucket(
        scope,
        construct_id,
        encryption=s3.BucketEncryption.S3_MANAGED,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        removal_policy=cdk.RemovalPolicy.RETAIN,
        **properties,
    )


def access_log_bucket(scope: Construct, construct_id: str, *, enforce_ssl: bool) -> s3.Bucket:
    """Define the bucket of other buckets' access logs, which are kept for ninety days."""
    expiry = s3.LifecycleRule(expiration=cdk.Duration.days(90))
    return private_bucket(scope, construct_id, enforce_ssl=enforce_ssl, lifecycle_rules=[expiry])


def open_to_pages(*methods: s3.HttpMethods) -> s3.CorsRule:
    """Return the rule by which scripts of the API's origins may send these requests to a bucket and read the responses.

    A bucket stays private: a request still needs a presigned form or link.
    """
    return s3.CorsRule(allowed_methods=list(methods), allowed_origins=list(cors.ORIGINS), allowed_headers=["*"])


def generated_key(scope: Construct, construct_id: str, description: str) -> secretsmanager.Secret:
    """Define a random key in Secrets Manager, retained when its stack is deleted."""
    return secretsmanager.Secret(
        scope,
        construct_id,
        description=description,
        generate_secret_string=secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True),
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )


def secret_arn(secret: secretsmanager.Secret) -> str:
    """Return a secret's ARN as an attribute.

    `Ref` is the ARN in an account, but the name in the emulator, which no policy matches.
    """
    resource = secret.node.default_child
    assert isinstance(resource, secretsmanager.CfnSecret)
    return resource.attr_id


def output(scope: Construct, values: Mapping[str, str]) -> None:
    """Define the stack's outputs by name."""
    for name, value in values.items():
        cdk.CfnOutput(scope, name, value=value)
