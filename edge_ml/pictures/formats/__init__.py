"""Image formats: signatures, headers, pixel budgets."""
