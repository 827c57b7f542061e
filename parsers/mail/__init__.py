"""A message's bytes: its header, the text of its body, the parts of interest."""
