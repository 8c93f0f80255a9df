"""The edge function, as other functions call it."""
