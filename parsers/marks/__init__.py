"""Signature, seal and letterhead: present, absent or unsure."""
