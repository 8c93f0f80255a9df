"""Handlers that only pass images on: the chain's least possible cost on the emulator.

Each prints a line, as the real handlers log one: the emulator waits 50 ms for the log of a silent function.
"""
