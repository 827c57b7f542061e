"""Measurements: how well and how fast the program reads what schools send."""
