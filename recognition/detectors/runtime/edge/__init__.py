"""The edge function as a client sees it: the detector, derived pictures."""
