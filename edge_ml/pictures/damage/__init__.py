"""Damage: files that decoders refuse though they have all pixels, and files that they take though some are missing."""
