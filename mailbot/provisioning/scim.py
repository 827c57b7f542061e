"""Provisioning by SCIM 2.0 (RFC 7643, RFC 7644).

An organization is a Group whose `externalId` is its ИНН, an administrator a User whose `externalId`
is their number (E.164), the right the membership. What is there is looked for before anything is
made, so that an order that comes again changes nothing more. Persons are looked for by POST, whose
words stand in no access log (RFC 7644, 7.5.2). One Group or User of that `externalId` too many, or a
number that is somebody else's, is a conflict: an operator decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from mailbot.names_alike import same_person
from mailbot.provisioning.line import Line, Target
from workflow.application import Administrator, Organization, ProvisionOrder
from workflow.ports import Provisioner, ProvisioningConflictError, ServiceUnavailableError

MEDIA_TYPE: Final = "application/scim+json"
USER: Final = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP: Final = "urn:ietf:params:scim:schemas:core:2.0:Group"
SEARCH: Final = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
PATCH: Final = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

_CHANGED: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.PRECONDITION_FAILED})

Resource = Mapping[str, Any]


class ScimProvisioner(Provisioner):
    """Keeps organizations as Groups and administrators as Users of a SCIM server."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def probe(self) -> None:
        """Raise `ServiceUnavailableError` where the server cannot be used with this token."""
        with Line.to(self._target) as line:
            self._search(line, "/Groups", "0")

    def find(self, inn: str) -> Organization | None:
        """Return the organization registered under `inn`, with its administrators."""
        with Line.to(self._target) as line:
            group = self._one(self._search(line, "/Groups", inn))
            if group is None:
                return None
            paths = [f"/Users/{quote(one, safe='')}" for one in _members(group)]
            users = [line.ask("GET", path) for path in paths]
            return Organization(
                inn=inn,
                name=str(group.get("displayName", "")),
                administrators=tuple(_administrator(user.content) for user in users),
            )

    def provision(self, order: ProvisionOrder) -> None:
        """See that the organization is there and that the administrator alone belongs to it."""
        with Line.to(self._target) as line:
            group = self._one(self._search(line, "/Groups", order.inn))
            user = self._one(self._search(line, "/Users", order.administrator.phone))
            self._object(order, group, user)
            if user is None:
                user = self._make(line, "/Users", _user(order), order.administrator.phone)
                self._object(order, group, user)
            member = _id(user)
            if group is None:
                body = _group(order, member)
                group = self._make(line, "/Groups", body, order.inn)
                self._object(order, group, user)
            if _members(group) != [member]:
                self._give(line, group, member)

    def _object(self, order: ProvisionOrder, group: Resource | None, user: Resource | None) -> None:
        """Refuse what would take rights away unasked, or give them to whoever has the same number."""
        if user is not None and not same_person(
            _administrator(user).full_name, order.administrator.full_name
        ):
            raise ProvisioningConflictError(
                f"{self._target.name}: номер администратора записан за другим человеком"
            )
        if user is not None and user.get("active") is False:
            raise ProvisioningConflictError(
                f"{self._target.name}: учётная запись администратора отключена"
            )
        others = set(_members(group)) - ({_id(user)} if user else set()) if group else set()
        if others and not order.replaces:
            raise ProvisioningConflictError(
                f"права организации с ИНН {order.inn} уже у другого администратора"
            )

    def _make(self, line: Line, path: str, body: Resource, external: str) -> Resource:
        """Create a resource; where somebody was faster (409), return the one that is there now."""
        made = line.ask("POST", path, body, passes=(HTTPStatus.CONFLICT,))
        if made.status != HTTPStatus.CONFLICT:
            return made.content
        found = self._one(self._search(line, path, external))
        if found is None:
            raise ProvisioningConflictError(
                f"{self._target.name}: имя или номер там уже заняты записью, которую делали не мы"
            )
        return found

    def _give(self, line: Line, group: Resource, member: str) -> None:
        """Make one user the group's only member, if it is still as it was when that was decided."""
        path = f"/Groups/{quote(_id(group), safe='')}"
        operation = {"op": "replace", "path": "members", "value": [{"value": member}]}
        body = {"schemas": [PATCH], "Operations": [operation]}
        meta = group.get("meta")
        version = meta.get("version") if isinstance(meta, dict) else None
        unchanged = {"If-Match": version} if isinstance(version, str) else {}
        answer = line.ask("PATCH", path, body, headers=unchanged, passes=_CHANGED)
        if answer.status in _CHANGED:
            raise self._target.fault("организация там только что изменилась; будет ещё попытка")

    def _search(self, line: Line, path: str, external: str) -> Sequence[Resource]:
        body = {"schemas": [SEARCH], "filter": f'externalId eq "{external}"', "count": 2}
        found = line.ask("POST", f"{path}/.search", body).content.get("Resources", [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise self._target.fault("ответ не по RFC 7644; проверьте [provisioner] url")
        return [one for one in found if one.get("externalId") == external]

    def _one(self, found: Sequence[Resource]) -> Resource | None:
        if len(found) > 1:
            raise ProvisioningConflictError(
                f"{self._target.name}: записей с одним externalId несколько"
            )
        return found[0] if found else None


def _id(resource: Resource) -> str:
    found = resource.get("id")
    if not isinstance(found, str) or not found:
        raise ServiceUnavailableError("служба регистрации: в ответе нет id (RFC 7643, 3.1)")
    return found


def _members(group: Resource) -> list[str]:
    members = group.get("members") or []
    return [str(one.get("value")) for one in members if isinstance(one, dict)]


def _administrator(user: Resource) -> Administrator:
    name = user.get("name")
    formatted = name.get("formatted") if isinstance(name, dict) else None
    return Administrator(
        full_name=str(formatted or user.get("displayName") or ""),
        phone=str(user.get("externalId") or ""),
    )


def _user(order: ProvisionOrder) -> Resource:
    administrator = order.administrator
    surname, _, given = administrator.full_name.partition(" ")
    first, _, middle = given.partition(" ")
    parts = {"familyName": surname, "givenName": first, "middleName": middle}
    return {
        "schemas": [USER],
        "externalId": administrator.phone,
        "userName": administrator.phone,
        "displayName": administrator.full_name,
        "name": {
            "formatted": administrator.full_name,
            **{key: part for key, part in parts.items() if part},
        },
        "phoneNumbers": [
            {"value": f"tel:{administrator.phone}", "type": "mobile", "primary": True}
        ],
        "active": True,
    }


def _group(order: ProvisionOrder, member: str) -> Resource:
    return {
        "schemas": [GROUP],
        "externalId": order.inn,
        "displayName": order.organization_name,
        "members": [{"value": member}],
    }
