"""The README's page on webhooks is run as it is written, as a newcomer does after `make run`."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.processes.environment import clean
from tests.pipeline.chain import Chain, wait_for
from tests.ports import free_port
from tests.stacks import ROOT

README = (ROOT / "README.md").read_text()
OVER = "that is all"


def blocks(language: str) -> list[str]:
    """The code of that page."""
    page = re.search(r"^## Be told\n(.*?)^## ", README, re.MULTILINE | re.DOTALL)
    assert page
    return re.findall(rf"^```{language}\n(.*?)^```", page[1], re.MULTILINE | re.DOTALL)


def script(port: int) -> str:
    """Its commands, after which the receiver stays until it is told to go."""
    (definition,) = re.findall(r"^sightline\(\) .*$", README, re.MULTILINE)
    commands = "\n".join(blocks("sh")).replace(":8000", f":{port}")
    return f"trap 'kill $(jobs -p)' EXIT\n{definition}\n{commands}\necho '{OVER}'\nread -r _ || true\n"


@pytest.fixture(scope="module")
def said(chain: Chain, cat: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What is printed; the receiver is up."""
    checkout, port = tmp_path_factory.mktemp("checkout"), free_port()
    known = {".local": Path(chain.deployment.directory), ".venv": Path(sys.prefix), "sightline": ROOT / "sightline"}
    for name, place in known.items():
        (checkout / name).symlink_to(place.resolve())
    (checkout / ".local/cat.png").write_bytes(cat)
    (receiver,) = blocks("python")
    (checkout / ".local/receiver.py").write_text(receiver.replace("8000", str(port)))
    with subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", script(port)],
        cwd=checkout,
        env=clean({}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as shell:
        assert shell.stdin
        assert shell.stdout
        printed = ""
        for line in shell.stdout:
            if line.strip() == OVER:
                break
            printed += line
        yield printed
        shell.stdin.close()
        assert shell.stderr
        assert shell.wait(10) == 0, shell.stderr.read()


def test_whatever_was_missed_or_failed_has_come_in_the_end(chain: Chain, said: str) -> None:
    (webhook_id,) = set(re.findall(r"^webhook_id +(sub_\w+)$", said, re.MULTILINE))

    def look() -> list[dict[str, Any]] | None:
        found: list[dict[str, Any]] = chain.ask("GET", f"/webhooks/{webhook_id}/deliveries").json()["items"]
        return found if all(each["status"] == "delivered" for each in found) else None

    kinds = sorted(each["type"] for each in wait_for(look))
    assert kinds == ["image.recognized", "image.recognized", "webhook.test"]
    assert chain.ask("DELETE", f"/webhooks/{webhook_id}").status_code == 204


def test_it_prints_what_the_page_shows(said: str) -> None:
    assert re.search(r"^dlv_\w{32} image\.recognized cat\.png$", said, re.MULTILINE)
    assert "Keep the secret: it is not shown again." in said
    assert "disabled (owner)" in said
    assert "Nothing was given up." in said
