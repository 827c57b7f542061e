"""The benchmark of speed."""
