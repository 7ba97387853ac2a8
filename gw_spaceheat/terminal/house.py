"""Where the screen gets what it shows, and through which it commands: one house."""

from collections.abc import Mapping
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from gw_spaceheat.apps.contract_show import shown_contracts
from gw_spaceheat.apps.human import NoLocalBrokerError, NoScadaError, ask_house, request_of
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.apps.web import Watch
from gw_spaceheat.core.contract.life import Side
from gw_spaceheat.core.watching import HouseNow
from gw_spaceheat.house.actuators import actuator_named, unit_of
from gw_spaceheat.house.model import House
from gw_spaceheat.links.mqtt_settings import BadUrl
from gw_spaceheat.runtime.clock import Clock
from gw_spaceheat.stores.faults import StoreError
from gw_spaceheat.views.human_text import answer_lines

TOLD_EVERY_S = 2.0
"""A value is as new as that, at half the work of each second, on a machine that has better things to do [s]."""


class Watched(Protocol):
    """A house that is looked at."""

    @property
    def house(self) -> House:
        """What its file says."""
        ...

    def wall_ms(self) -> int:
        """Its time, UTC [ms]."""
        ...

    def now(self) -> HouseNow | None:
        """What is known of it; None if nothing was heard. Whoever asks is looking, and the house may be told so."""
        ...

    def trouble(self) -> str:
        """Why nothing new can come; empty if it can."""
        ...

    def contracts(self) -> Mapping[str, Any] | None:
        """Its contracts, as they are kept on this machine; None if they are not."""
        ...

    def ask(self, what: str, minutes: float | None, node: str | None, value: str | None) -> list[str]:
        """Take, release or set; gives the answer in lines, or why there is none. Takes up to 15 s.

        Raises:
            CannotAskError: It cannot be asked for; says why.
        """
        ...


class LiveHouse:
    """A house that is heard over its own broker, or that of its uplink."""

    def __init__(self, house: House, watch: Watch, clock: Clock, settings: Settings, local_url: str | None, who: str) -> None:
        """Remember.

        Args:
            house: What its file says.
            watch: What is heard.
            clock: Its time.
            settings: How to speak to its broker, and where its contracts are kept.
            local_url: Its own broker; None if it cannot be commanded from here.
            who: Who commands, for the log.
        """
        self.house = house
        self._watch, self._clock, self._settings = watch, clock, settings
        self._local_url, self._who = local_url, who

    def wall_ms(self) -> int:
        """As of `Watched`."""
        return self._clock.now().wall_ms

    def now(self) -> HouseNow | None:
        """As of `Watched`."""
        self._watch.look(self.house, TOLD_EVERY_S)
        return self._watch.house(self.house.alias)

    def trouble(self) -> str:
        """As of `Watched`."""
        return self._watch.trouble()

    def contracts(self) -> Mapping[str, Any] | None:
        """As of `Watched`."""
        try:
            return shown_contracts(self.house.alias, self._settings, Side.SCADA)
        except (StoreError, OSError):
            return None

    def ask(self, what: str, minutes: float | None, node: str | None, value: str | None) -> list[str]:
        """As of `Watched`."""
        request = request_of(self.house, what, self._who, minutes, node, value)
        if self._local_url is None:
            return ["This house cannot be commanded from here: its own broker is not known (GWS_LOCAL_URL, --local-broker)."]
        try:
            answer = ask_house(request, self._local_url, self._settings)
        except (NoLocalBrokerError, NoScadaError, BadUrl) as error:
            return [str(error)]
        unit = unit_of(self.house, actuator_named(self.house, node)) if node else ""
        return list(answer_lines(answer, unit, ZoneInfo(self.house.timezone)))
