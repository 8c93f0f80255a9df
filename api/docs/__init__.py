"""The function that shows the API's description, and what lies beside it in its zip."""
