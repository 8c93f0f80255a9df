"""Recognizing again, and corrections."""
