"""Indexes: many vectors in, the ids of the nearest out; caches that can always be rebuilt."""
