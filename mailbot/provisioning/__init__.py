"""Provisioning targets that are somebody else's: SCIM, and one JSON request over HTTPS."""
