"""The figures: each printed beside its goal. Ratios, taken in one run; no test asserts a time."""
