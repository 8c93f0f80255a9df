"""The nouns that both sides of a queue name; standard library only."""
