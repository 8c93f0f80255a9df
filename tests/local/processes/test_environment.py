import os
import sys
from pathlib import Path

import pytest

from local.processes import environment


def test_the_user_s_account_is_left_out_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"PATH": "/bin", "AWS_PROFILE": "mine", "https_proxy": "http://proxy"})
    variables = environment.clean({"AWS_REGION": "us-east-1"})
    assert {name for name in variables if name.startswith("AWS_")} == {"AWS_REGION"}
    assert "https_proxy" not in variables
    assert variables["PATH"].startswith(str(Path(sys.executable).parent))
    environment.forget_the_account()
    assert set(os.environ) == {"PATH"}
