"""The trial run: an untrusted model is loaded and run in a confined child process."""
