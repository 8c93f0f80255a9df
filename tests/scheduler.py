"""The distribution of test files to two processes: files that share a costly fixture stay in one process."""

from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parent.parent
DEPLOYED = ("tests/chaos/", "tests/grants/", "tests/pipeline/")
"""These tests mostly wait; a second deployment in the other process would slow them down."""


class FileScheduler(LoadScopeScheduling):
    """Distributes whole files; all files of a group go to the same process."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid.partition("::")[0])


@cache
def group(file: str) -> str:
    """Return the group of files with which a file is distributed."""
    if file.startswith(DEPLOYED):
        return "deployments"
    return "templates" if "tests.stacks" in (ROOT / file).read_text() else file
