"""The schema, step by step; see `mailbot.storage.schema`."""
