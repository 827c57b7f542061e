"""Reading: bytes in, facts with evidence out.

Nothing here knows a mailbox, a database, a setting or a log.
"""
