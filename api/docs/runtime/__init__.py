"""The function that serves the description and the files beside it in its zip."""
