"""How event sources fill batches: a small simulation of their pollers."""
