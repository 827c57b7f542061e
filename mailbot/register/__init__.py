"""Registers of organizations to check against: read from files of others, stored for the rules."""
