"""How the tables of a library came to be, one step per version."""
