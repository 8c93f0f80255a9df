"""The same app, deployed into an emulator on this machine."""
