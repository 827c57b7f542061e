"""Spreadsheets and tables of every format as bounded grids of cells."""
