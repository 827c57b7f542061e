"""Names of people and numbers: found, and brought to one form."""
