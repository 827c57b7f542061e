"""The operators' queue as a full-screen terminal program."""
