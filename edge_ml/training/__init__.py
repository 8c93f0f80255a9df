"""Trains the models bundled with edge_ml from a folder of labelled photographs."""
