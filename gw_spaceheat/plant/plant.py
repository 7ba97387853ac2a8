"""A simulated house: its physics, its sensors and its actuators, moved on in time by whoever holds it.

It is not thread-safe and knows no clock. `drivers/simulated.py` puts devices over it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gw_spaceheat.house.model import House
from gw_spaceheat.plant import memory
from gw_spaceheat.plant.assemble import Assembled, assemble
from gw_spaceheat.plant.compiled import PLAIN, Kernel, compiled_kernel
from gw_spaceheat.plant.drive import Drive
from gw_spaceheat.plant.faults import SensorFault
from gw_spaceheat.plant.memory import Numbers, Whole
from gw_spaceheat.plant.phase_change import enthalpy_j
from gw_spaceheat.plant.watch import Watch, WatchedDevice, listed_row, without_nan
from gw_spaceheat.vocabulary.moment import HOUR_MS

J_PER_WH = 3600.0


@dataclass(frozen=True, slots=True)
class Totals:
    """What has happened since the start.

    Attributes:
        heat_source_wh: Electricity of heat pump or boiler, standby and start-up included [Wh].
        boost_wh: Electricity of resistive elements [Wh].
        pumps_wh: Electricity of pumps and fans [Wh].
        delivered_wh: Heat that the distribution took from the buffer's water; with zones, that reached their emitters [Wh].
        demanded_wh: Heat that the demand file asked for; with zones, the same as delivered_wh [Wh].
        hot_water_wh: Heat drawn as hot water, above the cold water [Wh].
        kelvin_seconds_below: With a demand file: required less actual supply temperature, while there is demand; with zones:
            set-point - 0.5 K less air temperature, the zones' mean [K s].
        worst_k: The largest of it at any moment, of the worst zone [K].
        compressor_starts: Starts of the heat source.
        tank_loss_wh: Standing loss of all tanks [Wh].
        pipe_loss_wh: Loss of the supply pipe [Wh].
        zone_loss_wh: Loss of the zones to outdoors [Wh].
        energy_in_wh: All that came in: electricity, heat of the outdoor air, sun, internal gains [Wh].
        energy_out_wh: All that went out: losses, hot water, what pumps and a starting or defrosting heat pump dissipate, and,
            with a demand file, the heat delivered [Wh].
        energy_stored_change_wh: What water, phase-change material, pipe and building hold more than at the start [Wh].
        residual: Energy that the calculation lost or made, relative to throughput.
    """

    heat_source_wh: float
    boost_wh: float
    pumps_wh: float
    delivered_wh: float
    demanded_wh: float
    hot_water_wh: float
    kelvin_seconds_below: float
    worst_k: float
    compressor_starts: int
    tank_loss_wh: float
    pipe_loss_wh: float
    zone_loss_wh: float
    energy_in_wh: float
    energy_out_wh: float
    energy_stored_change_wh: float
    residual: float

    @property
    def electricity_wh(self) -> float:
        """All electricity [Wh]."""
        return self.heat_source_wh + self.boost_wh + self.pumps_wh


class Scanner:
    """Reads the same sensors again and again; their places are looked up once."""

    def __init__(self, plant: "Plant", channels: Sequence[str]) -> None:
        """Remember the sensors."""
        self._plant = plant
        self._count = len(channels)
        self._sensors = plant.kernel.integers([plant.sensor_number(channel) for channel in channels])
        self._values = plant.kernel.floats([0.0] * self._count)

    def read(self) -> list[float | None]:
        """What the sensors show now, in the channels' SI units; None for what is missing."""
        plant = self._plant
        plant.kernel.scan(plant.numbers, plant.whole, self._sensors, self._values, self._count)
        return without_nan(self._values)


class Plant:
    """One simulated house. Use `build`.

    Attributes:
        house: The house.
        kernel: What calculates, and makes rows.
        numbers: Its floats; see `memory`.
        whole: Its integers.
        now_ms: The time that it has reached, UTC [ms]; kept here too, because a look into a row of NumPy is slow.
        end_ms: The time to which its weather reaches, UTC [ms].
    """

    def __init__(self, house: House, assembled: Assembled, kernel: Kernel) -> None:
        """Take over what `assemble` laid out."""
        self.house = house
        self.kernel = kernel
        self.numbers: Numbers = kernel.floats(assembled.numbers)
        self.whole: Whole = kernel.integers(assembled.whole)
        self._sensors = assembled.sensors
        self._actuators = assembled.actuators
        self.end_ms = assembled.whole[memory.DRIVE_START_MS] + assembled.whole[memory.DRIVE_HOURS] * HOUR_MS
        self.now_ms = assembled.whole[memory.NOW_MS]
        self._stored_at_start_j = self._stored_j()

    @classmethod
    def build(
        cls,
        house: House,
        drive: Drive,
        *,
        seed: int,
        start_ms: int,
        step_s: float = 10.0,
        compiled: bool = False,
        faults: Sequence[SensorFault] = (),
    ) -> "Plant":
        """Make a house's simulated twin, at its start.

        Args:
            house: The house; it needs a plant model.
            drive: Weather, and heat demand if no zones are to be simulated.
            seed: Seed of noise and draws; the same seed gives the same house, compiled or not.
            start_ms: Its first moment, UTC [ms].
            step_s: Length of a physical step [s].
            compiled: Run the kernel through Numba.
            faults: Scripted faults of sensors.

        Raises:
            ValueError: House or drive lacks something; names the house and what.
            ImportError: compiled is asked for and Numba is not installed.
        """
        assembled = assemble(house, drive, seed=seed, start_ms=start_ms, step_s=step_s, faults=faults)
        return cls(house, assembled, compiled_kernel() if compiled else PLAIN)

    def advance(self, to_ms: int) -> None:
        """Run on to a time, UTC [ms]; a time that has passed does nothing. ValueError beyond the drive's end."""
        self._check_end(to_ms)
        self.kernel.advance(self.numbers, self.whole, to_ms)
        self.now_ms = max(self.now_ms, to_ms)

    def quiet_until(self, watch: Watch, limit_ms: int) -> int:
        """Run on to the first time at which a watched scan has something to capture, else to the last scan not after limit_ms.

        The very same as running on from poll to poll, reading every watched device at its polls, and comparing with what was
        captured last. Polls at the plant's present time count as done.

        Returns:
            The time reached, UTC [ms].
        """
        self._check_end(limit_ms)
        self.now_ms = int(self.kernel.quiet_until(self.numbers, self.whole, watch.numbers, watch.whole, limit_ms))
        watch.read_back()
        return self.now_ms

    def set_actuator(self, node_alias: str, value: float) -> None:
        """Set what a node moves [0 or 1, or its unit]; ValueError if the house moves nothing by it."""
        self.numbers[self._actuator_place(node_alias)] = float(value)

    def actuator(self, node_alias: str) -> float:
        """What a node is set to; ValueError if the house moves nothing by it."""
        return float(self.numbers[self._actuator_place(node_alias)])

    def read(self, channels: Sequence[str]) -> dict[str, float | None]:
        """What sensors show now, by channel, in SI units; None for what is missing. ValueError for an unknown channel."""
        return dict(zip(channels, self.scanner(channels).read(), strict=True))

    def scanner(self, channels: Sequence[str]) -> Scanner:
        """For reading the same channels often. ValueError for an unknown channel."""
        return Scanner(self, channels)

    def watch(self, devices: Sequence[WatchedDevice]) -> Watch:
        """A watch for `quiet_until`. ValueError for an unknown channel."""
        return Watch(devices, self.sensor_number, self.kernel)

    def sensor_number(self, channel: str) -> int:
        """Number of a channel's sensor; ValueError, naming the house, if it has none."""
        try:
            return self._sensors[channel]
        except KeyError:
            known = f"plant of house {self.house.alias}: channel {channel!r} has no simulated sensor"
            raise ValueError(f"{known}; give it one under plant.sensors in the house file") from None

    @property
    def electricity_wh(self) -> float:
        """All electricity since the start [Wh]."""
        numbers = self.numbers
        total_j = numbers[memory.SUM_SOURCE_J] + numbers[memory.SUM_BOOST_J] + numbers[memory.SUM_PUMPS_J]
        return float(total_j) / J_PER_WH

    def store_energy_wh(self, reference_c: float) -> float:
        """Heat in store and buffer above a temperature [Wh]; negative when they are colder.

        Args:
            reference_c: Temperature at which they would be empty [degC].
        """
        numbers, whole = self.numbers, listed_row(self.whole)
        buffer_at, nodes = whole[memory.BUFFER_AT], whole[memory.BUFFER_NODES]
        held_j = numbers[memory.BUFFER_J_PER_K] * (sum(numbers[buffer_at : buffer_at + nodes]) - nodes * reference_c)
        store_at, nodes = whole[memory.STORE_AT], whole[memory.STORE_TANKS] * whole[memory.STORE_NODES]
        if whole[memory.STORE_KIND] == memory.PHASE_CHANGE_STORE:
            store_at += memory.CELL_WATER_C * nodes
            held_j += self._material_j() - nodes * enthalpy_j(
                reference_c,
                numbers[memory.MELTING_C],
                numbers[memory.LATENT_J],
                numbers[memory.SOLID_J_PER_K],
                numbers[memory.LIQUID_J_PER_K],
            )
        held_j += numbers[memory.STORE_J_PER_K] * (sum(numbers[store_at : store_at + nodes]) - nodes * reference_c)
        return float(held_j) / J_PER_WH

    def totals(self) -> Totals:
        """What has happened since the start."""
        sums = [float(number) for number in self.numbers[: memory.NUMBERS_FIXED]]
        delivered_j = sums[memory.SUM_DELIVERED_J]
        has_demand = listed_row(self.whole)[memory.HAS_DEMAND] != 0
        in_j = (
            sums[memory.SUM_SOURCE_J]
            + sums[memory.SUM_BOOST_J]
            + sums[memory.SUM_PUMPS_J]
            + sums[memory.SUM_AMBIENT_J]
            + sums[memory.SUM_SOLAR_J]
            + sums[memory.SUM_GAINS_J]
        )
        out_j = (
            sums[memory.SUM_PUMPS_J]
            + sums[memory.SUM_SOURCE_LOSS_J]
            + sums[memory.SUM_TANK_LOSS_J]
            + sums[memory.SUM_PIPE_LOSS_J]
            + sums[memory.SUM_ZONE_LOSS_J]
            + sums[memory.SUM_HOT_WATER_J]
            + (delivered_j if has_demand else 0.0)
        )
        stored_j = self._stored_j() - self._stored_at_start_j
        throughput_j = max(in_j, out_j, 1.0)
        return Totals(
            heat_source_wh=sums[memory.SUM_SOURCE_J] / J_PER_WH,
            boost_wh=sums[memory.SUM_BOOST_J] / J_PER_WH,
            pumps_wh=sums[memory.SUM_PUMPS_J] / J_PER_WH,
            delivered_wh=delivered_j / J_PER_WH,
            demanded_wh=(sums[memory.SUM_DEMANDED_J] if has_demand else delivered_j) / J_PER_WH,
            hot_water_wh=sums[memory.SUM_HOT_WATER_J] / J_PER_WH,
            kelvin_seconds_below=sums[memory.SUM_KELVIN_S],
            worst_k=sums[memory.WORST_K],
            compressor_starts=int(sums[memory.STARTS]),
            tank_loss_wh=sums[memory.SUM_TANK_LOSS_J] / J_PER_WH,
            pipe_loss_wh=sums[memory.SUM_PIPE_LOSS_J] / J_PER_WH,
            zone_loss_wh=sums[memory.SUM_ZONE_LOSS_J] / J_PER_WH,
            energy_in_wh=in_j / J_PER_WH,
            energy_out_wh=out_j / J_PER_WH,
            energy_stored_change_wh=stored_j / J_PER_WH,
            residual=(in_j - out_j - stored_j) / throughput_j,
        )

    def _stored_j(self) -> float:
        """Heat in everything that holds some, from 0 degC (or, in phase-change material, from its melting point) [J]."""
        numbers, whole = self.numbers, listed_row(self.whole)

        def held_j(at: int, nodes: int, j_per_k: int) -> float:
            return float(numbers[j_per_k] * math.fsum(numbers[at : at + nodes]))

        store_at, store_nodes = whole[memory.STORE_AT], whole[memory.STORE_TANKS] * whole[memory.STORE_NODES]
        material_j = 0.0
        if whole[memory.STORE_KIND] == memory.PHASE_CHANGE_STORE:
            material_j = self._material_j()
            store_at += memory.CELL_WATER_C * store_nodes
        parts_j = [
            held_j(whole[memory.BUFFER_AT], whole[memory.BUFFER_NODES], memory.BUFFER_J_PER_K),
            held_j(store_at, store_nodes, memory.STORE_J_PER_K),
            material_j,
            held_j(whole[memory.HOT_WATER_AT], whole[memory.HOT_WATER_NODES], memory.HOT_WATER_J_PER_K),
            held_j(whole[memory.PIPE_AT], whole[memory.PIPE_CELLS], memory.PIPE_J_PER_K),
        ]
        for zone in range(whole[memory.ZONES]):
            record = whole[memory.ZONES_AT] + zone * memory.ZONE_SIZE
            for state, capacity in (
                (memory.AIR_C, memory.AIR_J_PER_K),
                (memory.EMITTER_C, memory.EMITTER_J_PER_K),
                (memory.MASS_C, memory.MASS_J_PER_K),
            ):
                parts_j.append(float(numbers[record + state] * numbers[record + capacity]))
        return math.fsum(parts_j)

    def _material_j(self) -> float:
        whole = listed_row(self.whole)
        cells = whole[memory.STORE_NODES]
        start = whole[memory.STORE_AT] + memory.CELL_ENTHALPY_J * cells
        return math.fsum(self.numbers[start : start + cells])

    def _actuator_place(self, node_alias: str) -> int:
        try:
            return self._actuators[node_alias]
        except KeyError:
            known = f"plant of house {self.house.alias}: node {node_alias!r} moves nothing"
            raise ValueError(f"{known}; give it a place under plant.actuators in the house file") from None

    def _check_end(self, to_ms: int) -> None:
        if to_ms > self.end_ms:
            raise ValueError(
                f"plant of house {self.house.alias}: asked to run to {to_ms} ms, but its weather ends at {self.end_ms} ms"
            )
