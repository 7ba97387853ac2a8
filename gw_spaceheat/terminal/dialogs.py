"""What the screen asks a person before it commands the house."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label


class Question(ModalScreen[str | None]):
    """Asks for a word if there is one to ask for, and whether to go on; gives the word, or None for no."""

    BINDINGS: ClassVar = [("escape", "no", "No")]
    DEFAULT_CSS = """
    Question { align: center middle; }
    Question > Vertical { width: 60; max-width: 95%; height: auto; padding: 1 2; border: thick $primary; background: $surface; }
    Question Horizontal { height: auto; align-horizontal: right; }
    Question Button { margin-left: 2; }
    """

    def __init__(self, text: str, answer: str | None = None) -> None:
        """Remember what to ask, and what to begin the answer with; None where only yes or no is asked."""
        super().__init__()
        self._text, self._answer = text, answer

    def compose(self) -> ComposeResult:
        """The question, room for the word, two buttons."""
        with Vertical():
            yield Label(self._text)
            if self._answer is not None:
                yield Input(self._answer, id="word")
            with Horizontal():
                yield Button("Yes, do it", id="yes", variant="warning")
                yield Button("No", id="no")

    def on_mount(self) -> None:
        """The word first, else no."""
        self.query_one("#no" if self._answer is None else "#word").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Return in the word is yes."""
        self.dismiss(event.value.strip())

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Yes or no."""
        if event.button.id == "no":
            self.dismiss(None)
        else:
            self.dismiss("" if self._answer is None else self.query_one("#word", Input).value.strip())

    def action_no(self) -> None:
        """Escape is no."""
        self.dismiss(None)
