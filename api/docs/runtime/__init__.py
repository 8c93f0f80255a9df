"""The function that serves the description and the page's files in its zip."""
