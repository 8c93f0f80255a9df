"""The detectors: labels and moderation labels of Rekognition, the edge function, the cascade."""
