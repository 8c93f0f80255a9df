"""MiniStack, an emulator of AWS, started and patched."""
