"""Whether the peer is still there: when it is asked, and when it has not answered."""

from enum import StrEnum


class Seen(StrEnum):
    """What a look at the clock shows."""

    NOTHING = "nothing"
    SILENCE = "silence"
    """Nothing was heard for long: the peer is to be asked."""
    NO_ANSWER = "no answer"
    """It was asked and has not answered in time."""


class PeerWatch:
    """Keeps the times of one peer: when it was heard last, when it was asked, until when it may answer.

    It is asked after a silence, so while anything is heard nothing falls due: each message only moves the time on. Whoever
    was asked has the shorter time to answer; while other messages of his keep coming he is slow and not gone, as when a long
    report is on a thin line before the answer, and has until as much time has passed as a silence takes.
    """

    def __init__(self, silence_ms: int | None, answer_ms: int) -> None:
        """Remember; nothing falls due before `begin`.

        Args:
            silence_ms: After this long without a message the peer is asked [ms]; None: it never is.
            answer_ms: How long an answer may take [ms].
        """
        self._silence_ms = silence_ms
        self._answer_ms = answer_ms
        self._question = ""
        self._asked_mono_ms: int | None = None
        self._heard_since = False
        self.due_mono_ms: int | None = None

    def rest(self) -> None:
        """The link is down: nothing falls due, and no answer is waited for."""
        self._question = ""
        self._asked_mono_ms = None
        self.due_mono_ms = None

    def asked(self, question: str, mono_ms: int) -> None:
        """The peer was asked now, under this identifier."""
        self._question = question
        self._asked_mono_ms = mono_ms
        self._heard_since = False
        if self._silence_ms is not None:
            self.due_mono_ms = mono_ms + self._answer_ms

    def heard(self, mono_ms: int) -> None:
        """Something of the peer came in."""
        self._heard_since = True
        if self._silence_ms is not None and not self._question:
            self.due_mono_ms = mono_ms + self._silence_ms

    def answered(self, question: str) -> bool:
        """The peer has acknowledged something; True if it was the question."""
        if not question or question != self._question:
            return False
        self._question = ""
        return True

    def look(self, mono_ms: int) -> Seen:
        """Has a time come? After *no answer* the peer is asked again when a silence has passed since the question."""
        silence_ms, asked_mono_ms = self._silence_ms, self._asked_mono_ms
        if self.due_mono_ms is None or silence_ms is None or mono_ms < self.due_mono_ms:
            return Seen.NOTHING
        if not self._question or asked_mono_ms is None:
            return Seen.SILENCE
        if self._heard_since and mono_ms < asked_mono_ms + silence_ms:
            self.due_mono_ms = asked_mono_ms + silence_ms
            return Seen.NOTHING
        self._question = ""
        self.due_mono_ms = max(asked_mono_ms + silence_ms, mono_ms)
        return Seen.NO_ANSWER

    @property
    def waits(self) -> bool:
        """Whether an answer is waited for."""
        return bool(self._question)

    def may_ask(self, mono_ms: int) -> bool:
        """Whether the peer may be asked before its silence is over: no answer is waited for, and the last question is old."""
        if self._silence_ms is None or self._question:
            return False
        return self._asked_mono_ms is None or mono_ms >= self._asked_mono_ms + self._silence_ms
