"""The commands: each module one group of them, arguments to one call to one printed result."""
