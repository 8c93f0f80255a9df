"""The program of the emulator: MiniStack with the patches of `local.emulator.patches`.

Some patches are applied only if the environment has their variable; the others always.
"""

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from ministack.app import main

_ALWAYS = ("iam.actions", "iam.hidden_objects", "query_ranges", "message_moves", "queue_locks", "api_cors")
_BY_VARIABLE = {
    "REKOGNITION_STAND_IN": "rekognition",
    "BATCH_LOG": "lambda_batches",
    "LONGEST_WAIT": "lambda_batches",
    "REFUSED_SHARE": "fault_injection",
    "IAM_LOG": "iam.decision_log",
}


def patches(environment: Mapping[str, str]) -> list[str]:
    """Return the names of the patches to apply, in order."""
    requested = [patch for variable, patch in _BY_VARIABLE.items() if variable in environment]
    return list(dict.fromkeys((*_ALWAYS, *requested)))


if __name__ == "__main__":
    # Only this process needs the checkout, and last: functions are started without its path.
    sys.path.append(str(Path(__file__).parents[2]))
    for patch in patches(os.environ):
        # Imported one by one: a patch wraps what MiniStack has at its import, which earlier patches may have replaced.
        import_module(f"local.emulator.patches.{patch}").apply()
    main()
