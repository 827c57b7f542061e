"""How many fields of generated questionnaires are read exactly, by layout and by format."""
