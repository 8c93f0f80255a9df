"""The same model behind other servers, written as their own guides write it."""
