"""`python -m edge_ml.training`."""

from pathlib import Path

import pytest


def test_a_missing_data_folder_ends_the_command_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    from edge_ml.training.__main__ import main

    monkeypatch.setattr("sys.argv", ["training", "animals", "--data", str(tmp_path), "--out", str(tmp_path / "out")])
    with pytest.raises(SystemExit, match="holds no photographs"):
        main()
