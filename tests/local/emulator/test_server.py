from pathlib import Path

from local.emulator import server

PATCHES = Path(server.__file__).parent / "patches"
VARIABLES = ("REKOGNITION_STAND_IN", "BATCH_LOG", "LONGEST_WAIT", "REFUSED_SHARE", "IAM_LOG")


def test_every_patch_is_applied_always_or_by_a_variable() -> None:
    patches = {
        ".".join(file.relative_to(PATCHES).with_suffix("").parts)
        for file in PATCHES.rglob("*.py")
        if "def apply()" in file.read_text()
    }
    assert set(server.patches(dict.fromkeys(VARIABLES, "1"))) == patches


def test_patches_for_tests_are_left_out_without_their_variables() -> None:
    assert "lambda_batches" not in server.patches({})
    assert server.patches({"BATCH_LOG": "a", "LONGEST_WAIT": "2"}) == [*server.patches({}), "lambda_batches"]
