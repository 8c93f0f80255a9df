import json
from typing import Any

from tests.stacks import LOCAL, ROOT, template

ACCOUNT: dict[str, str] = {}


def properties(kind: str, settings: dict[str, str]) -> dict[str, dict[str, Any]]:
    found = template("APIStack", **settings)["Resources"]
    return {key: resource.get("Properties", {}) for key, resource in found.items() if resource["Type"] == kind}


def test_every_bucket_is_private_encrypted_and_retained() -> None:
    buckets = {
        key: resource
        for key, resource in template("APIStack", **ACCOUNT)["Resources"].items()
        if resource["Type"] == "AWS::S3::Bucket"
    }
    assert buckets
    for bucket in buckets.values():
        assert all(bucket["Properties"]["PublicAccessBlockConfiguration"].values())
        assert bucket["Properties"]["BucketEncryption"]
        assert bucket["DeletionPolicy"] == "Retain"


def test_images_keep_their_versions_for_a_month_and_unfinished_uploads_for_a_day() -> None:
    images = _images(ACCOUNT)
    assert images["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = images["LifecycleConfiguration"]["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert images["LoggingConfiguration"]


def test_every_new_object_is_published_to_a_topic_whose_policy_exists_first() -> None:
    resources = template("APIStack", **ACCOUNT)["Resources"]
    (bucket,) = [
        resource for resource in resources.values() if "NotificationConfiguration" in resource.get("Properties", {})
    ]
    (published,) = bucket["Properties"]["NotificationConfiguration"]["TopicConfigurations"]
    assert published["Event"] == "s3:ObjectCreated:*"
    assert "Filter" not in published
    (topic,) = published["Topic"].values()
    (policy,) = [key for key, resource in resources.items() if admits(resource, topic)]
    assert policy in bucket["DependsOn"]


def test_a_bucket_of_another_account_may_not_publish_to_the_topic() -> None:
    policies = properties("AWS::SNS::TopicPolicy", ACCOUNT).values()
    statements = [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]
    (allowed,) = [
        statement for statement in statements if statement.get("Principal") == {"Service": "s3.amazonaws.com"}
    ]
    assert allowed["Effect"] == "Allow"
    assert allowed["Action"] == "sns:Publish"
    assert allowed["Condition"]["StringEquals"]["aws:SourceAccount"]


def test_uploads_reach_the_queue_as_s3_wrote_them_or_the_dead_letters() -> None:
    (subscription,) = properties("AWS::SNS::Subscription", ACCOUNT).values()
    assert subscription["RawMessageDelivery"] is True
    assert "deadLetterTargetArn" in subscription["RedrivePolicy"]


def test_every_function_has_its_code_in_this_repository() -> None:
    """Check every handler: some constructs of the CDK would add functions of their own."""
    handlers = [function["Handler"] for function in properties("AWS::Lambda::Function", ACCOUNT).values()]
    assert handlers
    modules = [handler.rpartition(".")[0].replace(".", "/") for handler in handlers]
    assert not [module for module in modules if not (ROOT / f"{module}.py").is_file()]


def test_the_upload_function_may_put_images_and_nothing_else() -> None:
    policies = properties("AWS::IAM::Policy", ACCOUNT)
    (policy,) = [resource for key, resource in policies.items() if key.startswith("UploadRole")]
    assert not [key for key, resource in policies.items() if resource is not policy and "s3:" in json.dumps(resource)]
    statements = policy["PolicyDocument"]["Statement"]
    of_s3 = [statement for statement in statements if "s3:" in json.dumps(statement["Action"])]
    assert [statement["Action"] for statement in of_s3] == ["s3:PutObject"]
    assert json.dumps(of_s3[0]["Resource"]).endswith('"/images/*"]]}')


def test_plain_http_is_refused_in_an_account_and_accepted_on_one_machine() -> None:
    def refusals(settings: dict[str, str]) -> int:
        return json.dumps(template("APIStack", **settings)).count('{"aws:SecureTransport": "false"}')

    kinds = ("AWS::S3::Bucket", "AWS::SNS::Topic", "AWS::SQS::Queue")
    assert refusals(ACCOUNT) == sum(len(properties(kind, ACCOUNT)) for kind in kinds)
    assert refusals(LOCAL) == 0


def test_the_api_is_throttled_and_logs_each_request_as_json() -> None:
    (stage,) = properties("AWS::ApiGatewayV2::Stage", ACCOUNT).values()
    assert stage["StageName"] == "$default"
    assert stage["AutoDeploy"] is True
    assert stage["DefaultRouteSettings"] == {"ThrottlingBurstLimit": 200, "ThrottlingRateLimit": 100}
    (stage,) = properties("AWS::ApiGatewayV2::Stage", {"api_rate": "10000", "api_burst": "5000"}).values()
    assert stage["DefaultRouteSettings"] == {"ThrottlingBurstLimit": 5000, "ThrottlingRateLimit": 10_000}
    assert all(f'"{name}":' in stage["AccessLogSettings"]["Format"] for name in ("requestId", "routeKey", "status"))


def test_mails_come_from_a_verified_domain_where_the_deployer_names_an_address() -> None:
    (pool,) = properties("AWS::Cognito::UserPool", {"from_email": "hello@mail.example.com"}).values()
    sender = pool["EmailConfiguration"]
    assert (sender["EmailSendingAccount"], sender["From"]) == ("DEVELOPER", "hello@mail.example.com")
    arn = sender["SourceArn"]["Fn::Join"][1]
    assert (arn[2], arn[3], arn[-1]) == (":ses:", {"Ref": "AWS::Region"}, ":identity/mail.example.com")
    (default,) = properties("AWS::Cognito::UserPool", ACCOUNT).values()
    assert "EmailConfiguration" not in default


def test_users_are_invited_and_keep_long_passwords() -> None:
    (pool,) = properties("AWS::Cognito::UserPool", ACCOUNT).values()
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 12
    (client,) = properties("AWS::Cognito::UserPoolClient", ACCOUNT).values()
    assert client["GenerateSecret"] is False
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert {"ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"} <= set(client["ExplicitAuthFlows"])
    assert not properties("AWS::Cognito::UserPoolDomain", ACCOUNT)


def test_the_outputs_have_all_that_a_caller_needs() -> None:
    with_pool = {"ApiUrl", "ImagesBucket", "UploadsQueueUrl", "UserPoolId", "UserPoolClientId"}
    assert with_pool <= set(template("APIStack", **ACCOUNT)["Outputs"])
    local = template("APIStack", public_url="http://127.0.0.1:4566/x", **LOCAL)["Outputs"]
    assert local["ApiUrl"]["Value"] == "http://127.0.0.1:4566/x"
    assert "UserPoolId" not in local


def test_the_public_url_is_the_api_s_own_unless_one_is_set() -> None:
    assert "ApiEndpoint" in json.dumps(_upload(ACCOUNT)["Environment"]["Variables"]["PUBLIC_URL"])
    elsewhere = _upload(ACCOUNT | {"public_url": "https://photos.example"})
    assert elsewhere["Environment"]["Variables"]["PUBLIC_URL"] == "https://photos.example"


def admits(resource: dict[str, Any], topic: str) -> bool:
    topics: list[dict[str, str]] = resource.get("Properties", {}).get("Topics", [])
    return resource["Type"] == "AWS::SNS::TopicPolicy" and topics == [{"Ref": topic}]


def _upload(settings: dict[str, str]) -> dict[str, Any]:
    functions = properties("AWS::Lambda::Function", settings).values()
    (upload,) = [resource for resource in functions if resource["Handler"] == "api.ingest.runtime.handler.handler"]
    return upload


def _images(settings: dict[str, str]) -> dict[str, Any]:
    (images,) = [
        resource for resource in properties("AWS::S3::Bucket", settings).values() if "CorsConfiguration" in resource
    ]
    return images
