"""The commands of docs/command-line.md are run as they are written, against the deployed app."""

from pathlib import Path

from tests.pipeline.chain import Chain
from tests.pipeline.pages.page import blocks, checkout, run, with_photo

PAGE = "docs/command-line.md"
REPORT_FAILURES = "trap 'echo \"exit status $?\" >&2' ERR\n"


def test_every_command_of_the_page_ends_as_it_says(chain: Chain, tmp_path: Path) -> None:
    folder = checkout(tmp_path, chain.deployment)
    commands = with_photo("\n".join(blocks(PAGE, "sh")), f"{chain.photos}/cat.png")
    ran = run(REPORT_FAILURES + commands, folder, options="-uo")
    broken, *totals, failure = ran.stderr.splitlines()
    assert broken.startswith(".local/holiday/broken.png: not_an_image: ")
    assert totals == [
        "3 pictures: 2 cat, 1 rejected: not_an_image.",
        "Skipped: 1 of the system (@eaDir), 1 hidden (.DS_Store).",
    ]
    assert failure == "exit status 1"  # of that upload alone
    assert "rejected: not_an_image" in ran.stdout
    assert (folder / "images.coco.json").exists()
