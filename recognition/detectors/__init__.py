"""The detectors: Rekognition, the edge function, the cascade of both."""
