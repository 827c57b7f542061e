"""Applications, their history, and what is known of organizations and numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from mailbot.storage.registertables import register_entries
from mailbot.storage.registrytables import find_organization, phone_holders
from mailbot.storage.rows import Part, batches, values
from mailbot.storage.tables import application as application_table
from mailbot.storage.tables import history as history_table
from mailbot.storage.tables import message as message_table
from mailbot.storage.tables import outbox as outbox_table
from parsers.facts import Field
from workflow.application import Application, HistoryRow, Known
from workflow.ports import StaleApplicationError
from workflow.states import ENDS, Event, IllegalTransitionError, State, step

_KNOWN_LOCK: Final = int.from_bytes(b"mb-known", "big")

_CLAIMED: Final = (State.ACCEPTED, State.PROVISIONING, State.PROVISIONED)
"""An application in one of these has been found the first for its organization already."""

_RETURNS: Final = {
    Event.PROVISIONING_RETRIED: Event.PROVISIONING_FAILED,
    Event.DELIVERY_RETRIED: Event.WELCOME_UNDELIVERABLE,
}
"""A retry leads back to what had failed: no way to rights avoids `accepted`."""


class CasePart(Part):
    """The part of a transaction that is about applications; see `workflow.ports.Work`."""

    stale = False  # a fence has fallen: nothing of this transaction may be kept

    def add_application(
        self, *, received_at: dt.datetime, row: HistoryRow, linked_to: int | None = None
    ) -> int:
        """Open an application in `received`, with its first history row; returns its id."""
        if row.source is not None or row.target is not State.RECEIVED:
            raise ValueError("the first row of a history leads from nowhere to «received»")
        new = Application(
            id=0, state=row.target, version=1, received_at=received_at, linked_to=linked_to
        )
        application_id = self._insert(application_table, values(new, "id") | {"inn": None})
        self._add_history(application_id, [row])
        return application_id

    def application(self, application_id: int) -> Application | None:
        """Return one application."""
        return self._one(Application, application_table, application_table.c.id == application_id)

    def applications(self, states: Sequence[State] | None = None) -> Iterator[Application]:
        """Return applications in order of id, a page in memory at a time."""
        where = [] if states is None else [application_table.c.state.in_(states)]
        return self._pages(Application, application_table, *where)

    def due_applications(
        self, states: Sequence[State], *, now: dt.datetime, limit: int
    ) -> list[int]:
        """Return ids in `states` whose `due_at` has come or is not set, oldest first."""
        due = application_table.c.due_at
        return self._ids(
            application_table,
            application_table.c.state.in_(states),
            due.is_(None) | (due <= now),
            limit=limit,
        )

    def save(self, application: Application, rows: Sequence[HistoryRow] = ()) -> Application:
        """Store the application and its new history rows, and return it with the next version.

        Raises `StaleApplicationError` where the stored version is another one,
        `IllegalTransitionError` where the rows hold a forbidden step, and `ValueError` where they
        do not lead from the stored state to the new one.
        """
        source = _check(application, rows)
        self._check_return(application.id, rows)
        saved = replace(application, version=application.version + 1)
        fence = sa.and_(
            application_table.c.id == application.id,
            application_table.c.version == application.version,
        )
        changed = self._connection.execute(
            sa.update(application_table)
            .where(fence, application_table.c.state == source)
            .values(values(saved, "id", "received_at") | {"inn": _inn(saved)})
        )
        if changed.rowcount != 1:
            self._explain_refusal(application, fence)
        self._add_history(application.id, rows)
        return saved

    def history(self, application_id: int) -> tuple[HistoryRow, ...]:
        """Return every change, oldest first."""
        return self._all(
            HistoryRow, history_table, history_table.c.application_id == application_id
        )

    def applications_of_sender(self, sender: str) -> tuple[Application, ...]:
        """Return the applications that have a message from `sender` (compared in lower case)."""
        if not sender:
            return ()
        theirs = sa.select(message_table.c.application_id).where(
            message_table.c.sender_key == sender, message_table.c.application_id.is_not(None)
        )
        return self._all(Application, application_table, application_table.c.id.in_(theirs))

    def granted_before(self, inn: str, *, besides: int) -> Application | None:
        """Return the application by which an organization's rights were granted last, that one apart."""
        table = application_table.c
        statement = (
            sa.select(table.id)
            .join(history_table, history_table.c.application_id == table.id)
            .where(table.inn == inn, table.id != besides, history_table.c.event == Event.GRANTED)
            .order_by(history_table.c.id.desc())
            .limit(1)
        )
        found = self._connection.scalar(statement)
        return None if found is None else self.application(found)

    def application_of_reply(self, message_ids: Sequence[str]) -> int | None:
        """Return the application of our newest mail that has one of these Message-IDs."""
        found = [
            (row.id, row.application_id)
            for batch in batches(message_ids)
            for row in self._connection.execute(
                sa.select(outbox_table.c.id, outbox_table.c.application_id).where(
                    outbox_table.c.message_id_key.in_(batch)
                )
            )
        ]
        return max(found)[1] if found else None

    def known(self, application: Application, *, inn: str | None, phone: str | None) -> Known:
        """Return what the database knows about an organization and a number.

        An earlier application is one with a smaller number, or one that was found the first
        already: papers that are slow to read must not make a second one the first. A number is in
        use from the moment an application is accepted with it. Concurrent
        callers wait for one another until the transaction ends.
        """
        self._lock(_KNOWN_LOCK)
        return Known(
            registered=find_organization(self._connection, inn) if inn else None,
            phone_holders=self._phone_holders(application, phone, inn) if phone else (),
            open_applications=self._open(inn, application.id) if inn else (),
            register=register_entries(self._connection, inn) if inn else None,
        )

    def counts(self) -> Mapping[State, int]:
        """Return how many applications are in each state; a state without any counts 0."""
        statement = sa.select(application_table.c.state, sa.func.count()).group_by(
            application_table.c.state
        )
        counted: dict[State, int] = dict(self._connection.execute(statement).all())
        return {state: counted.get(state, 0) for state in State}

    def _phone_holders(
        self, application: Application, phone: str, inn: str | None
    ) -> tuple[str, ...]:
        """Return the ИНН of other organizations where the number has rights, or is about to."""
        table = application_table.c
        accepted = sa.select(table.agreed).where(
            table.state.in_(_CLAIMED),
            table.id != application.id,
            sa.cast(table.agreed, sa.Text).contains(phone, autoescape=True),
        )
        about_to = [
            agreed.inn
            for agreed in self._connection.scalars(accepted.order_by(table.id))
            if agreed.phone == phone and agreed.inn not in {None, inn}
        ]
        holders = phone_holders(self._connection, phone, besides=inn)
        return tuple(dict.fromkeys((*holders, *about_to)))

    def _open(self, inn: str, application_id: int) -> tuple[int, ...]:
        table = application_table.c
        statement = (
            sa.select(table.id)
            .where(
                table.inn == inn,
                table.id != application_id,
                table.state.not_in(ENDS),
                (table.id < application_id) | table.state.in_(_CLAIMED),
            )
            .order_by(table.id)
        )
        return tuple(self._connection.scalars(statement))

    def _add_history(self, application_id: int, rows: Sequence[HistoryRow]) -> None:
        if rows:
            self._connection.execute(
                sa.insert(history_table),
                [values(row) | {"application_id": application_id} for row in rows],
            )

    def _check_return(self, application_id: int, rows: Sequence[HistoryRow]) -> None:
        """Refuse a way back from `failed` to where the application has never been."""
        for number, row in enumerate(rows):
            if row.event is None or (wanted := _RETURNS.get(row.event)) is None:
                continue
            before = (*self.history(application_id), *rows[:number])
            falls = [one.event for one in before if one.target is State.FAILED and one.event]
            if falls[-1:] != [wanted]:
                raise IllegalTransitionError(State.FAILED, row.event)

    def _explain_refusal(self, application: Application, fence: sa.ColumnElement[bool]) -> None:
        stored = self._connection.scalar(sa.select(application_table.c.state).where(fence))
        if stored is None:
            self.stale = True
            raise StaleApplicationError(f"заявка {application.id} изменилась")
        raise ValueError(
            f"application {application.id} is in «{stored}»: its history does not begin there"
        )


def _check(application: Application, rows: Sequence[HistoryRow]) -> State:
    """Return the state that the rows lead from; each is permitted and none is missing."""
    state = source = (rows[0].source if rows else None) or application.state
    for row in rows:
        if row.source is not state:
            raise ValueError(f"the history leaves out the way from «{state}» to «{row.source}»")
        reached = state if row.event is None else step(state, row.event).target
        if row.target is not reached:
            raise ValueError(f"«{row.event}» leads from «{state}» to «{reached}» alone")
        state = row.target
    if state is not application.state:
        raise ValueError(f"the history does not lead to «{application.state}»")
    return source


def _inn(application: Application) -> str | None:
    """Return the ИНН that the application is about, agreed or only named by a paper."""
    assessment = application.assessment
    if application.agreed.inn or assessment is None:
        return application.agreed.inn
    form, letter = assessment.questionnaire, assessment.letter
    of_form = form.text(Field.INN) if form else None
    of_letter = letter.inn.value if letter and letter.inn else None
    return of_form or of_letter
