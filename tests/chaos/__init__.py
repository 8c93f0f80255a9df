"""The deployed app under faults, and a ledger of what came of it: nothing lost, nothing unexplained."""
