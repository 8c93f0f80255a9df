"""Daily quotas of an owner, and the table of the counters."""

from dataclasses import dataclass

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infrastructure.functions import PythonFunction
from infrastructure.storage import owner_table
from settings import Settings


@dataclass(frozen=True, slots=True)
class Quotas:
    """The settings `daily_uploads` and `daily_spend`, and the table that counts by owner and day."""

    usage: dynamodb.Table
    uploads: int
    spend: float

    def govern(self, function: PythonFunction) -> None:
        """Pass the quotas to the function, whose `wire.http.quota.Quota` enforces them.

        Grant access to the counters only where there is a quota.
        """
        function.add_environment("DAILY_UPLOADS", str(self.uploads))
        function.add_environment("DAILY_SPEND", f"{self.spend:g}")
        function.add_environment("USAGE_TABLE", self.usage.table_name)
        if self.uploads or self.spend:
            function.may(["dynamodb:UpdateItem"], self.usage.table_arn)


def quotas(scope: Construct, settings: Settings) -> Quotas:
    """Define the table, and the quotas as the settings have them."""
    return Quotas(owner_table(scope, "Usage", "day"), settings.daily_uploads, settings.daily_spend)
