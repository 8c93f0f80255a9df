"""The bucket of the images and its notifications."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from infrastructure.storage import access_log_bucket, open_to_pages, private_bucket


def image_bucket(scope: Construct, *, enforce_ssl: bool) -> s3.Bucket:
    """Define the bucket: private, versioned, with access logs; pages may post presigned forms and read by links."""
    return private_bucket(
        scope,
        "Images",
        enforce_ssl=enforce_ssl,
        versioned=True,
        server_access_logs_bucket=access_log_bucket(scope, "ImagesAccessLogs", enforce_ssl=enforce_ssl),
        cors=[open_to_pages(s3.HttpMethods.GET, s3.HttpMethods.POST)],
        lifecycle_rules=[
            s3.LifecycleRule(
                abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                noncurrent_version_expiration=cdk.Duration.days(30),
            )
        ],
    )


def allow_buckets_to_publish(uploads: sns.Topic) -> None:
    """Allow every bucket of this account to publish to the topic.

    The policy cannot name the ARN of one bucket, because it must exist before the bucket that publishes to the topic.
    The topic is not encrypted with KMS: S3 could publish only with a customer key. The messages hold only keys and
    sizes, and the queues behind the topic are encrypted.
    """
    uploads.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal("s3.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[uploads.topic_arn],
            conditions={
                "StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID},
                "ArnLike": {"aws:SourceArn": f"arn:{cdk.Aws.PARTITION}:s3:::*"},
            },
        )
    )


def publish_uploads(bucket: s3.Bucket, uploads: sns.Topic) -> None:
    """Publish every new object of the bucket to the topic; derived pictures have a bucket of their own.

    This uses the L1 construct, because the L2 notification adds a function with a managed policy.
    """
    resource = bucket.node.default_child
    assert isinstance(resource, s3.CfnBucket)
    resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
        topic_configurations=[
            s3.CfnBucket.TopicConfigurationProperty(event="s3:ObjectCreated:*", topic=uploads.topic_arn)
        ]
    )
    bucket.node.add_dependency(uploads.node.find_child("Policy"))
