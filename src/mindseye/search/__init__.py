"""Search: a query becomes one vector, the vector finds frames, the frames become hits."""
