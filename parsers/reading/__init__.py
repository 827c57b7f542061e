"""The reading of one message put together: its papers, the letter among them, the second look."""
