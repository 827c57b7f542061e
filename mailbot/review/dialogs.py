"""The forms in which an operator fills a decision in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Input, Label, TextArea

from mailbot.review.desk import Decision, Order
from workflow.application import Application
from workflow.decisions import SETTABLE
from workflow.wording import AGREED_VALUES, DECISIONS

_TEXT_LABEL: Final = "Что прочтёт школа, слово в слово:"
_TEXT_LABELS: Final = {
    Decision.REJECT: _TEXT_LABEL,
    Decision.ASK: _TEXT_LABEL + " (можно оставить пустым, если замечания сами задают вопрос)",
}


class DecisionDialog(ModalScreen[Order | None]):
    """Asks for what one decision takes; gives the order, or None where the operator thinks better of it."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave", "отмена")]

    def __init__(self, decision: Decision, application: Application) -> None:
        super().__init__()
        self._decision = decision
        self._number = application.id
        agreed = application.agreed
        self._known = dict(zip(SETTABLE, (agreed.full_name, agreed.phone, agreed.inn), strict=True))

    def compose(self) -> ComposeResult:
        """Lay the form out."""
        with VerticalScroll(id="form"):
            yield Label(f"Заявка № {self._number}: {DECISIONS[self._decision.value]}", id="title")
            yield from self._fields()
            yield Label("Пометка для операторов:")
            yield Input(id="note")
            with Horizontal(id="buttons"):
                yield Button(DECISIONS[self._decision.value].capitalize(), variant="primary")
                yield Button("Отмена", id="leave")

    def _fields(self) -> Iterator[Widget]:
        if self._decision is Decision.APPROVE:
            for index, key in enumerate(SETTABLE):
                yield Label(f"{AGREED_VALUES[key]}:")
                yield Input(self._known[key] or "", id=f"value-{index}")
        elif self._decision in _TEXT_LABELS:
            yield Label(_TEXT_LABELS[self._decision])
            yield TextArea(id="text")
        elif self._decision is Decision.JOIN:
            yield Label("Номер заявки, которой передать письма:")
            yield Input(id="other", type="integer")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Give the order, or nothing."""
        if event.button.id == "leave":
            self.dismiss(None)
        else:
            self._give()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on to the next field, as a clerk expects of Enter; only the button decides."""
        event.stop()
        self.focus_next()

    def action_leave(self) -> None:
        """Close the form; nothing is decided."""
        self.dismiss(None)

    def _give(self) -> None:
        other = self._input("other")
        if self._decision is Decision.JOIN and not other:
            self.notify("Впишите номер заявки.", severity="warning")
            return
        values = {
            key: typed
            for index, key in enumerate(SETTABLE)
            if (typed := self._input(f"value-{index}")) and typed != self._known[key]
        }
        texts = self.query(TextArea)
        text = texts.first().text.strip() if texts else ""
        self.dismiss(
            Order(
                decision=self._decision,
                text=text or None,
                note=self._input("note") or None,
                values=values,
                other=int(other) if other else None,
            )
        )

    def _input(self, name: str) -> str:
        found = self.query(f"#{name}").results(Input)
        return next((one.value.strip() for one in found), "")
