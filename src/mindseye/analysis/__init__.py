"""Analysis: what an encoder, an index or a library is worth, measured on answers people gave."""
