"""Deciding: facts in; findings, verdicts, states and replies to write out.

Nothing here knows IMAP, SQL or a file.
"""
