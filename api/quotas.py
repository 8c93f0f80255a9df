"""What an owner may take in a day: told to the functions that have to keep it."""

from dataclasses import dataclass

from aws_cdk import aws_dynamodb as dynamodb

from python_function import PythonFunction


@dataclass(frozen=True, slots=True)
class Quotas:
    """The settings `daily_uploads` and `daily_spend`, and the table that counts."""

    usage: dynamodb.Table
    uploads: int
    spend: float

    def govern(self, function: PythonFunction) -> None:
        """Have the function keep them, as `wire.quota.Quota` does; it may count only where there is a quota."""
        function.add_environment("DAILY_UPLOADS", str(self.uploads))
        function.add_environment("DAILY_SPEND", f"{self.spend:g}")
        function.add_environment("USAGE_TABLE", self.usage.table_name)
        if self.uploads or self.spend:
            function.may(["dynamodb:UpdateItem"], self.usage.table_arn)
