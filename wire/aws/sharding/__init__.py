"""Partitions over which the rows of one owner are spread, and lists over several of them."""
