"""Training of the models bundled with edge_ml from folders of labeled photographs."""
