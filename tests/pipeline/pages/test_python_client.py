"""The snippets of docs/python-client.md are run as they are written, one after another, against the deployed app."""

import subprocess
import sys
from pathlib import Path

from PIL import Image

from local.processes.environment import clean
from tests.pipeline.chain import Chain
from tests.pipeline.pages.page import blocks, checkout
from tests.ports import free_port

PAGE = "docs/python-client.md"


def test_every_snippet_of_the_page_works(chain: Chain, cat: bytes, tmp_path: Path) -> None:
    folder = checkout(tmp_path, chain.deployment)
    (folder / "cat.jpg").write_bytes(cat)
    script = "\n".join(blocks(PAGE, "python"))
    script = script.replace("https://example.com/hook", f"http://127.0.0.1:{free_port()}/hook")
    ran = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=clean({}),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    assert "cat " in ran.stdout
    assert "no_such_image - " in ran.stdout
    assert "client.images.list()" in ran.stdout  # the remedy
    for name in ("drawn.jpg", "annotated.jpg"):
        with Image.open(folder / name) as picture:
            assert picture.format == "JPEG"
    assert (folder / "cats.csv").exists()
