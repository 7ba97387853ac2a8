"""The house in a terminal, live: channels, actuators, who commands, and what is not as it should be."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from rich.text import Text
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.events import Resize
from textual.timer import Timer
from textual.widgets import DataTable, Footer, RichLog, Static

from gw_spaceheat.apps.human import RELEASE, SET, TAKE, CannotAskError
from gw_spaceheat.house.actuators import actuator_named, allowed
from gw_spaceheat.terminal.dialogs import Question
from gw_spaceheat.terminal.house import Watched
from gw_spaceheat.views.house_lines import Row, actuator_rows, alarm_lines, channel_rows, command_line, head_line

EVERY_S = 1.0
CONTRACTS_EVERY = 5
"""The contracts' store is read at every so many looks."""
USUAL_MINUTES = "30"
SHARES = {"channels": 55, "actuators": 45}
"""Of the width [%]; as in the style."""
VALUE_WIDTHS = {"channels": 13, "actuators": 9}
AGE_WIDTH = 7
LEAST_WIDTH = 12
PLACES = ("head", "command", "channels", "actuators", "log")
COLUMNS = ("what", "value", "age")
STALE_STYLE = "yellow"


class WatchScreen(App[None]):
    """Looks at the house each second, and draws only what has changed."""

    BINDINGS: ClassVar = [
        ("t", "take", "Take"),
        ("r", "release", "Release"),
        ("s", "set", "Set actuator"),
        ("q", "quit", "Quit"),
    ]
    CSS = """
    #head { height: 1; background: $primary; color: $text; }
    #command { height: auto; max-height: 3; }
    #tables { height: 1fr; }
    DataTable { scrollbar-size-vertical: 1; overflow-x: hidden; }
    #channels { width: 55%; }
    #actuators { width: 45%; }
    #log { height: 5; border-top: solid $primary; }
    """
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, watched: Watched) -> None:
        """Remember whom to look at."""
        super().__init__()
        self._watched = watched
        self._zone = ZoneInfo(watched.house.timezone)
        self._rows: dict[str, dict[str, Row]] = {"channels": {}, "actuators": {}}
        self._lines: dict[str, str] = {}
        self._alarms: dict[str, str] = {}
        self._contracts: Mapping[str, Any] | None = None
        self._looks = 0
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Static(id="head", markup=False)
        yield Static(id="command", markup=False)
        with Horizontal(id="tables"):
            for name in ("channels", "actuators"):
                yield DataTable(id=name, cursor_type="row", zebra_stripes=True, cell_padding=0)
        yield RichLog(id="log", wrap=True, markup=False, max_lines=500)
        yield Footer()

    def on_mount(self) -> None:
        """Begin to look."""
        self.title = self._watched.house.alias
        for name, first in (("channels", "Channel"), ("actuators", "Actuator")):
            table = self._table(name)
            for key, label in zip(COLUMNS, (first, "Value", "Age"), strict=True):
                table.add_column(label, key=key)
        self._table("actuators").focus()
        self.look()
        self._timer = self.set_interval(EVERY_S, self.look)

    def on_unmount(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.stop()

    def on_resize(self, event: Resize) -> None:
        """The words get what values and ages leave."""
        for name, share in SHARES.items():
            room = event.size.width * share // 100 - 1  # the bar for scrolling
            value_width = VALUE_WIDTHS[name]
            widths = {"what": max(room - value_width - AGE_WIDTH, LEAST_WIDTH), "value": value_width, "age": AGE_WIDTH}
            table = self._table(name)
            for key, column in table.columns.items():
                column.auto_width, column.width = False, widths[str(key.value)]
            table.refresh(layout=True)

    def look(self) -> None:
        """Draw what has changed since the last look; nothing where the screen is not there yet, or not any more.

        An application that ends takes its screen down first, and its timer may come once more.
        """
        if not self._is_there():
            return
        watched = self._watched
        now, wall_ms = watched.now(), watched.wall_ms()
        if self._looks % CONTRACTS_EVERY == 0:
            self._contracts = watched.contracts()
        self._looks += 1
        self._say("head", head_line(watched.house, now, watched.trouble(), wall_ms))
        self._say("command", command_line(self._contracts, now, self._zone, wall_ms))
        self._draw("channels", channel_rows(watched.house, now, wall_ms))
        self._draw("actuators", actuator_rows(watched.house, now, wall_ms))
        self._tell(alarm_lines(now))

    def _is_there(self) -> bool:
        return self.is_running and len(self.query(", ".join(f"#{place}" for place in PLACES))) == len(PLACES)

    def _say(self, place: str, line: str) -> None:
        if self._lines.get(place) != line:
            self._lines[place] = line
            self.query_one(f"#{place}", Static).update(line)

    def _draw(self, name: str, rows: Sequence[Row]) -> None:
        table, known = self._table(name), self._rows[name]
        for row in rows:
            before = known.get(row.key)
            if before == row:
                continue
            style = STALE_STYLE if row.is_stale else ""
            cells = {key: Text(getattr(row, key), style=style, overflow="ellipsis") for key in COLUMNS}
            if before is None:
                table.add_row(*cells.values(), key=row.key)
            else:
                for key, cell in cells.items():
                    if getattr(before, key) != getattr(row, key) or before.is_stale != row.is_stale:
                        table.update_cell(row.key, key, cell)
            known[row.key] = row

    def _tell(self, alarms: Mapping[str, str]) -> None:
        """What has begun since the last look, and what is over."""
        for node, text in alarms.items():
            if self._alarms.get(node) != text:
                self._write(text, "bold red")
        for node in self._alarms.keys() - alarms.keys():
            self._write(f"{node}: over", "green")
        self._alarms = dict(alarms)

    def _write(self, text: str, style: str = "") -> None:
        at = datetime.fromtimestamp(self._watched.wall_ms() / 1000, UTC).astimezone(self._zone)
        self.query_one("#log", RichLog).write(Text(f"{at:%H:%M:%S} {text}", style=style))

    def _table(self, name: str) -> "DataTable[Text]":
        return self.query_one(f"#{name}", DataTable)

    # commands

    def action_take(self) -> None:
        """Take the house for some minutes."""

        def go_on(word: str | None) -> None:
            if word is not None:
                self._ask(TAKE, minutes=_number(word))

        self.push_screen(Question("Take the house from whoever has it, for how many minutes?", USUAL_MINUTES), go_on)

    def action_release(self) -> None:
        """Give it back."""

        def go_on(word: str | None) -> None:
            if word is not None:
                self._ask(RELEASE)

        self.push_screen(Question("Give the house back?"), go_on)

    def action_set(self) -> None:
        """Set the actuator under the cursor; the house must be taken."""
        table = self._table("actuators")
        if not table.row_count:
            return
        alias = str(table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value)
        house = self._watched.house

        def go_on(word: str | None) -> None:
            if word is not None:
                self._ask(SET, node=alias, value=word)

        self.push_screen(Question(f"Set {alias} to ({allowed(house, actuator_named(house, alias))}):", ""), go_on)

    def _ask(self, what: str, minutes: float | None = None, node: str | None = None, value: str | None = None) -> None:
        """Ask in a thread of its own: the answer may take its time."""

        def ask() -> None:
            try:
                lines = self._watched.ask(what, minutes, node, value)
            except CannotAskError as error:
                lines = [str(error)]
            self.call_from_thread(self._answered, " ".join((what, node or "", value or "")).strip(), lines)

        self.run_worker(ask, thread=True, exclusive=False)

    def _answered(self, question: str, lines: Sequence[str]) -> None:
        self._write(f"{question}: {'; '.join(lines)}", "bold")


def _number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None
