"""The files in a message's parts: their true types, what is in archives, what is dangerous."""
