"""The figures, printed with their goals. Most are ratios measured in one run; no test asserts a time."""
