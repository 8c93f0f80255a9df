"""Published prices of Amazon Rekognition: spending is computed from them, not read from a bill."""

REKOGNITION_CALL = 0.001
"""US dollars per image, us-east-1, first tier, November 2026: https://aws.amazon.com/rekognition/pricing/."""
