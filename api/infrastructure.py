"""APIStack: image uploads, the HTTP API, sign-in, quotas and the API's description."""

from dataclasses import dataclass
from typing import Unpack

import aws_cdk as cdk
from constructs import Construct

from api.auth.infrastructure import auth
from api.docs.infrastructure import docs_function
from api.http_api import http_api
from api.ingest.infrastructure import Ingest, ingest, upload_function
from api.quotas.infrastructure import Quotas, quotas
from infrastructure.functions import PythonFunction
from infrastructure.monitoring.alarms import Alarms
from infrastructure.monitoring.budget import budget
from infrastructure.monitoring.topic import alarm_topic
from infrastructure.routes import Routes
from infrastructure.stacks import StackOptions
from infrastructure.storage import output
from openapi.document import Description
from settings import Settings


@dataclass(frozen=True, slots=True)
class ApiResources:
    """The resources of APIStack that later stacks use."""

    routes: Routes
    ingest: Ingest
    upload: PythonFunction
    quotas: Quotas
    alarms: Alarms


class APIStack(cdk.Stack):
    """The first stack: it receives the images."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        description: Description,
        **stack: Unpack[StackOptions],
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        uploads = ingest(self, settings)
        api, access_log = http_api(self, settings)
        users = auth(self, settings)
        routes = Routes(api, settings.auth, users.authorizer, settings.public_url or api.api_endpoint)
        self.export_value(api.api_endpoint)  # deployed stacks import it until they are updated with a `public_url`
        limits = quotas(self, settings)
        upload = upload_function(self, settings, uploads, routes, limits)
        docs_function(self, description, routes, vendor=settings.vendor, user_pool=users.environment)
        topic = alarm_topic(self, settings.alarm_email, enforce_ssl=settings.enforce_ssl)
        if settings.monthly_budget:
            budget(self, settings.monthly_budget, topic)
        alarms = Alarms(topic, settings.alarms)
        alarms.watch(self)
        alarms.api(api, access_log)
        self.resources = ApiResources(routes, uploads, upload, limits, alarms)
        output(self, {"ApiUrl": routes.public_url, "AlarmTopic": topic.topic_arn, **uploads.outputs, **users.outputs})
