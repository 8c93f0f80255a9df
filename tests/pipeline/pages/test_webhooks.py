"""The commands of docs/webhooks.md are run as they are written, as a newcomer does after `make run`."""

import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from local.processes.environment import clean
from tests.pipeline.chain import Chain, wait_for
from tests.pipeline.pages.page import blocks, checkout
from tests.ports import free_port

PAGE = "docs/webhooks.md"
OVER = "that is all"


def script(port: int) -> str:
    """Return the commands of the page; afterwards the receiver runs until standard input is closed."""
    commands = "\n".join(blocks(PAGE, "sh")).replace(":8000", f":{port}")
    return f"trap 'kill $(jobs -p)' EXIT\n{commands}\necho '{OVER}'\nread -r _ || true\n"


@pytest.fixture(scope="module")
def printed(chain: Chain, cat: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The output of the commands, while the receiver is up."""
    folder, port = checkout(tmp_path_factory.mktemp("checkout"), chain.deployment), free_port()
    (folder / ".local/cat.png").write_bytes(cat)
    (receiver,) = blocks(PAGE, "python")
    (folder / ".local/receiver.py").write_text(receiver.replace("8000", str(port)))
    with subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", script(port)],
        cwd=folder,
        env=clean({}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as shell:
        assert shell.stdin
        assert shell.stdout
        output = ""
        for line in shell.stdout:
            if line.strip() == OVER:
                break
            output += line
        yield output
        shell.stdin.close()
        assert shell.stderr
        assert shell.wait(10) == 0, shell.stderr.read()


def test_missed_and_failed_deliveries_are_delivered_in_the_end(chain: Chain, printed: str) -> None:
    (webhook_id,) = set(re.findall(r"^webhook_id +(sub_\w+)$", printed, re.MULTILINE))

    def look() -> list[dict[str, Any]] | None:
        found: list[dict[str, Any]] = chain.request("GET", f"/webhooks/{webhook_id}/deliveries").json()["items"]
        return found if all(delivery["status"] == "delivered" for delivery in found) else None

    kinds = sorted(delivery["type"] for delivery in wait_for(look))
    assert kinds == ["image.recognized", "image.recognized", "webhook.test"]
    assert chain.request("DELETE", f"/webhooks/{webhook_id}").status_code == 204


def test_it_prints_what_the_page_shows(printed: str) -> None:
    assert re.search(r"^dlv_\w{32} image\.recognized cat\.png$", printed, re.MULTILINE)
    assert "Keep the secret: it is not shown again." in printed
    assert "disabled (owner)" in printed
    assert "There are no dead letters." in printed
