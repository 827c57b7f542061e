"""The screen: the queue above, the chosen application below, a key for each decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from rich.text import Text
from textual import work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import DataTable, Footer, Header, Static
from textual.worker import get_current_worker

from mailbot.mailtext import one_line
from mailbot.review.desk import Card, Decision, Line, Order, ReviewDesk
from mailbot.review.dialogs import DecisionDialog
from workflow.decisions import DecisionRefusedError
from workflow.ports import ServiceUnavailableError, StaleApplicationError
from workflow.states import IllegalTransitionError
from workflow.wording import STATES

REFRESH_SECONDS: Final = 5.0  # how old the list may be; the daemon and others work on it meanwhile

# heading and width in characters; what is longer is seen in full below
_COLUMNS: Final = (("№", 6), ("состояние", 10), ("пришла", 16), ("почему", 28), ("организация", 60))
_REFUSALS: Final = (
    DecisionRefusedError,
    IllegalTransitionError,
    StaleApplicationError,
    ServiceUnavailableError,
)


class ReviewApp(App[None]):
    """The queue of one operator. Keys work in the Latin and in the Russian layout."""

    TITLE = "mailbot: очередь операторов"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #queue { height: 40%; min-height: 5; }
    #card { height: 1fr; border-top: solid $primary; padding: 0 1; }
    DecisionDialog { align: center middle; }
    #form { width: 74; max-width: 95%; height: auto; max-height: 90%; padding: 1 2; border: thick $primary;
            background: $surface; }
    #title { text-style: bold; margin-bottom: 1; }
    #text { height: 7; }
    #buttons { height: auto; margin-top: 1; }
    #buttons Button { margin-right: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a,ф", "decide('approve')", "одобрить", key_display="a"),
        Binding("r,к", "decide('reject')", "отклонить", key_display="r"),
        Binding("s,ы", "decide('ask')", "спросить", key_display="s"),
        Binding("t,е", "decide('retry')", "повторить", key_display="t"),
        Binding("j,о", "decide('join')", "присоединить", key_display="j"),
        Binding("f5", "refresh", "обновить"),
        Binding("q,й", "quit", "выход", key_display="q"),
    ]

    def __init__(self, desk: ReviewDesk) -> None:
        super().__init__()
        self._desk = desk
        self._lines: list[Line] = []
        self._card: Card | None = None
        self.sub_title = one_line(desk.operator)

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield Header()
        yield DataTable(id="queue", cursor_type="row", zebra_stripes=True)
        with VerticalScroll(id="card"):
            yield Static(id="shown")
        yield Footer()

    def on_mount(self) -> None:
        """Show the queue, and keep it fresh."""
        for heading, width in _COLUMNS:
            self._table.add_column(heading, width=width)
        self.action_refresh()
        self.set_interval(REFRESH_SECONDS, self.action_refresh)

    def action_refresh(self) -> None:
        """Read the queue again."""
        self._load()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Show the application that the cursor is on."""
        if event.row_key is not None and event.row_key.value is not None:
            self._show(int(event.row_key.value))

    def action_decide(self, decision: str) -> None:
        """Ask for what the decision takes, and carry it out."""
        if isinstance(self.screen, DecisionDialog) or not self._lines:
            return
        chosen = self._lines[self._table.cursor_row].number
        if self._card is None or self._card.application.id != chosen:
            self.notify(f"Заявка № {chosen} ещё открывается.", severity="warning")
            return
        application = self._card.application

        def given(order: Order | None) -> None:
            if order is not None:
                self._carry_out(application.id, order, application.version)

        self.push_screen(DecisionDialog(Decision(decision), application), given)

    @property
    def _table(self) -> DataTable[Text]:
        return self.query_one("#queue", DataTable)

    @work(thread=True, exclusive=True, group="queue")
    def _load(self) -> None:
        try:
            lines = self._desk.queue()
        except ServiceUnavailableError as error:
            self._tell(self._complain, str(error))
        else:
            self._tell(self._fill, lines)

    @work(thread=True, exclusive=True, group="card")
    def _show(self, number: int) -> None:
        try:
            card = self._desk.card(number)
        except ServiceUnavailableError as error:
            self._tell(self._complain, str(error))
        else:
            self._tell(self._put, card)

    @work(thread=True, group="decision")
    def _carry_out(self, number: int, order: Order, seen_version: int) -> None:
        try:
            decided = self._desk.decide(number, order, seen_version=seen_version)
        except _REFUSALS as error:
            self._tell(self._complain, str(error))
        else:
            said = f"Заявка № {number}: {STATES[decided.state]}."
            self._tell(self.notify, said)
        self._tell(self.action_refresh)

    def _tell(self, show: Callable[..., None], *arguments: object) -> None:
        """Hand a thread's result to the screen, unless that has been left meanwhile."""
        if not get_current_worker().is_cancelled:
            self.call_from_thread(show, *arguments)

    def _fill(self, lines: list[Line]) -> None:
        """Put the lines on the screen; the cursor stays at its application, else at its place."""
        if not self._is_open() or (lines == self._lines and self._card is not None):
            return
        table = self._table
        chosen = self._card.application.id if self._card else None
        place = table.cursor_row
        table.clear()
        for line in lines:
            cells = (Text(str(line.number)), *(Text.from_markup(one) for one in line.cells))
            table.add_row(*cells, key=str(line.number))
        self._lines = lines
        numbers = [line.number for line in lines]
        if numbers:
            row = numbers.index(chosen) if chosen in numbers else min(place, len(numbers) - 1)
            table.move_cursor(row=max(row, 0))
            self._show(numbers[max(row, 0)])
        else:
            self._put(None)
        self.sub_title = f"{one_line(self._desk.operator)}, ждут решения: {len(lines)}"

    def _put(self, card: Card | None) -> None:
        if self._is_open():
            self._card = card
            self.query_one("#shown", Static).update(card.shown if card else "Очередь пуста.")

    def _is_open(self) -> bool:
        """Whether there is still something to show on: a result may come while the screen closes."""
        return bool(self.query("#shown"))

    def _complain(self, line: str) -> None:
        self.notify(one_line(line), severity="error", markup=False)
