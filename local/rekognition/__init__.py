"""A stand-in for Amazon Rekognition on this machine: its wire protocol, answered by the bundled models."""
