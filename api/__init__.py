"""Ingress: bucket, uploads topic and queue, HTTP API, Cognito."""
