"""Measurements of the whole program on invented papers, apart from the tests; README.md says how to run them."""
