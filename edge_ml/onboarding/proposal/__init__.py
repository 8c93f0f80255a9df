"""The proposed `model.json`: found in the model file, guessed, or given by the user."""
