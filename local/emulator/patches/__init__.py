"""Patches to MiniStack, each of which brings one behavior closer to that of AWS or helps a test."""
