"""What recognizes: Rekognition, the edge function, the cascade of both."""
