"""How two processes share the tests: by files, and what stands on the same costly thing stays in one."""

from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parent.parent
DEPLOYED = ("tests/chaos/", "tests/grants/", "tests/pipeline/")
"""These mostly wait, and each would wait longer for a deployment beside its own."""


class Beside(LoadScopeScheduling):
    """Hands out whole files, and those that belong together as if they were one."""

    def _split_scope(self, nodeid: str) -> str:
        return share(nodeid.partition("::")[0])


@cache
def share(file: str) -> str:
    """What a file is handed out with."""
    if file.startswith(DEPLOYED):
        return "deployments"
    return "templates" if "tests.stacks" in (ROOT / file).read_text() else file
