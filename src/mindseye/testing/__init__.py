"""What helps to test code that uses Mindseye: a weightless encoder, and one contract per seam.

A contract is a class of tests. Subclass it in a test module, give it the fixture it asks for, and
pytest runs all of it on your implementation; `tests/contracts` does so for the built-in ones.
Nothing is imported here: the contracts need pytest, the encoder does not.
"""
