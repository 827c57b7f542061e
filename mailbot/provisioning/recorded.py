"""A target of somebody else's, with our own record of what was granted there.

The rules ask the record whether an organization is registered already, and with whom: what the target
knows beyond it turns up as a conflict when it is asked.
"""

from __future__ import annotations

from dataclasses import replace

from workflow.application import Organization, ProvisionOrder
from workflow.ports import Provisioner


class RecordedProvisioner(Provisioner):
    """Asks the target, then notes in the record what it has granted."""

    def __init__(self, target: Provisioner, record: Provisioner) -> None:
        self._target = target
        self._record = record

    def probe(self) -> None:
        """Raise `ServiceUnavailableError` where the target cannot be used; the record is our own database."""
        self._target.probe()

    def find(self, inn: str) -> Organization | None:
        """Return the organization as the target knows it."""
        return self._target.find(inn)

    def provision(self, order: ProvisionOrder) -> None:
        """Carry the order out; interrupted in between, it is carried out again and changes nothing more."""
        self._target.provision(order)
        # the target has the word: whom the record still names there has no rights any more
        self._record.provision(replace(order, replaces=True))
