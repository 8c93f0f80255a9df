import os
import re
import socket
from pathlib import Path

import pytest

from local.emulator import process as emulator
from local.emulator.process import EmulatorError


def test_a_port_in_use_is_named_with_another_to_choose(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            EmulatorError, match=rf"Port {port} is taken by process {os.getpid()} \(.*\)\. .* make run PORT={port + 1}"
        ):
            emulator.start(tmp_path, port)


def test_an_emulator_that_does_not_start_names_its_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    monkeypatch.setattr(emulator, "_SERVER", tmp_path / "nothing.py")
    with pytest.raises(EmulatorError, match=re.escape(str(emulator.log_file(tmp_path)))):
        emulator.start(tmp_path, port)
    assert not emulator.left_behind(tmp_path)
