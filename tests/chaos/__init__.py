"""The deployed app under faults, and a ledger that reconciles its results: nothing lost, nothing unexplained."""
