"""Handlers that only move images on: the chain's own cost on the emulator, which nothing of ours can undercut.

Each prints a line, as ours log one: the emulator waits 50 ms for the log of a function that says nothing.
"""
