"""The settings: one typed tree, and the commented file that `mailbot init` writes."""
