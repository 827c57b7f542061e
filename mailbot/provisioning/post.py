"""Provisioning by one JSON request over HTTPS; docs/provisioning.md describes it for whoever answers.

`GET /organizations/{ИНН}` tells who holds the rights, `POST /organizations` asks for them, with the
order's own `Idempotency-Key`: the same key asked again must change nothing more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from mailbot.names_alike import same_person
from mailbot.provisioning.line import Line, Target
from workflow.application import Administrator, Organization, ProvisionOrder
from workflow.ports import Provisioner, ProvisioningConflictError

NOBODY: Final = "0" * 10
"""An ИНН that no organization has: asked for to see whether the service answers."""


class PostProvisioner(Provisioner):
    """Asks a service of the platform's owner."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def probe(self) -> None:
        """Raise `ServiceUnavailableError` where the service cannot be used with this token."""
        with Line.to(self._target) as line:
            self._look(line, NOBODY)

    def find(self, inn: str) -> Organization | None:
        """Return the organization registered under `inn`."""
        with Line.to(self._target) as line:
            return self._look(line, inn)

    def provision(self, order: ProvisionOrder) -> None:
        """Register and grant, unless that is done already; see `workflow.ports.Provisioner`."""
        with Line.to(self._target) as line:
            there = self._look(line, order.inn)
            holders = there.administrators if there else ()
            others = [one for one in holders if not _same(one, order.administrator)]
            if others and not order.replaces:
                raise self._conflict(order.inn)
            if holders and not others:
                return
            headers = {"Idempotency-Key": _key(order)}
            passes = (HTTPStatus.CONFLICT,)
            answer = line.ask(
                "POST", "/organizations", _body(order), headers=headers, passes=passes
            )
            if answer.status == HTTPStatus.CONFLICT:
                raise self._conflict(order.inn)

    def _look(self, line: Line, inn: str) -> Organization | None:
        answer = line.ask("GET", f"/organizations/{inn}", passes=(HTTPStatus.NOT_FOUND,))
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        return self._organization(answer.content, inn)

    def _organization(self, content: Mapping[str, Any], inn: str) -> Organization:
        holders = content.get("administrators")
        if content.get("inn") != inn or not isinstance(holders, list):
            raise self._target.fault("ответ не таков, как описано; проверьте [provisioner] url")
        return Organization(
            inn=inn,
            name=str(content.get("name", "")),
            administrators=tuple(
                Administrator(
                    full_name=str(one.get("full_name", "")), phone=str(one.get("phone", ""))
                )
                for one in holders
                if isinstance(one, dict)
            ),
        )

    def _conflict(self, inn: str) -> ProvisioningConflictError:
        return ProvisioningConflictError(
            f"права организации с ИНН {inn} уже у другого администратора"
        )


def _body(order: ProvisionOrder) -> Mapping[str, Any]:
    return {
        "inn": order.inn,
        "name": order.organization_name,
        "administrator": {
            "full_name": order.administrator.full_name,
            "phone": order.administrator.phone,
        },
        "replaces": order.replaces,
    }


def _key(order: ProvisionOrder) -> str:
    """Return a key that is the same for the same order, and another where an operator has corrected it."""
    body = json.dumps(_body(order), sort_keys=True).encode()
    return f"{order.key}-{hashlib.sha256(body).hexdigest()[:16]}"


def _same(one: Administrator, other: Administrator) -> bool:
    return one.phone == other.phone and same_person(one.full_name, other.full_name)
