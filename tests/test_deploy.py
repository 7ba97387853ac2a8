"""What is installed on a Pi or a server."""

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

from gw_spaceheat.apps.alerts.running import LATE_MS as ALERTS_LATE_MS
from gw_spaceheat.apps.atn import LATE_MS as ATN_LATE_MS
from gw_spaceheat.apps.ear import LATE_MS as EAR_LATE_MS
from gw_spaceheat.apps.local import SCADA_LATE_MS
from gw_spaceheat.apps.netbalance.live import LATE_MS as MANAGER_LATE_MS
from gw_spaceheat.apps.netbalance.live import STORE_LATE_MS
from gw_spaceheat.apps.supervise.running import LATE_MS as SUPERVISION_LATE_MS

DEPLOY = Path(__file__).parents[1] / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
PROMISE_MS = {
    "ge-managing": MANAGER_LATE_MS,
    "ge-monitoring": STORE_LATE_MS,
    "gws-alerts": ALERTS_LATE_MS,
    "gws-atn": ATN_LATE_MS,
    "gws-ear": EAR_LATE_MS,
    "gws-scada": SCADA_LATE_MS,
    "gws-supervise": SUPERVISION_LATE_MS,
}
"""The longest of anything critical: whoever is late is to be named before the watchdog ends the process."""


def service(unit: Path) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(unit.read_text(encoding="utf-8"))
    return parser["Service"]


def test_these_services_are_there() -> None:
    assert [unit.stem for unit in UNITS] == sorted(PROMISE_MS)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_service_is_little_exposed(unit: Path) -> None:
    """systemd's own score, from 0 to 10 (here times ten); a service without any protection has 9.6.

    1.1 AtomicTNode, 1.2 Ear, 1.5 those of the net balance, which may have a serial line; 1.9 SCADA, which has devices, and may
    ask the kernel whether the clock is synchronised (0.4). What is left is above all that they need the network.
    """
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("systemd-analyze is not installed (Debian package systemd)")
    done = subprocess.run(
        [tool, "security", "--offline=true", "--threshold=19", unit], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_service_comes_back_whatever_ended_it(unit: Path) -> None:
    assert service(unit)["Restart"] == "always"
    assert "StartLimitIntervalSec=0" in unit.read_text(encoding="utf-8")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_service_that_hangs_is_started_anew(unit: Path) -> None:
    settings = service(unit)
    assert settings["Type"] == "notify"
    assert settings["NotifyAccess"] == "main"
    assert int(settings["WatchdogSec"]) * 1000 >= 2 * PROMISE_MS[unit.stem]
    assert "WatchdogSignal" not in settings, "SIGABRT leaves every thread's stack in the log"


def test_relays_are_made_safe_whatever_ended_the_scada() -> None:
    assert service(DEPLOY / "gws-scada.service")["ExecStopPost"].endswith("gws relays safe")


@pytest.mark.parametrize("script", sorted(DEPLOY.glob("*.sh")), ids=lambda script: script.name)
def test_scripts_parse(script: Path) -> None:
    done = subprocess.run(["sh", "-n", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("given", [(), ("sh",), ("no-such-package-anywhere",)])
def test_missing_packages_are_named_and_stop_nothing(tmp_path: Path, given: tuple[str, ...]) -> None:
    """With a PATH that has neither dpkg nor apt-get, as on another system."""
    for tool in ("sh", "id"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or "")
    done = subprocess.run(
        [tmp_path / "sh", DEPLOY / "debian_packages.sh", *given],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    missing = [package for package in given if package != "sh"]
    assert [package in done.stderr for package in missing] == [True] * len(missing)
    assert bool(done.stderr) == bool(missing)


def test_the_python_that_is_found_can_make_an_environment() -> None:
    found = subprocess.run(["sh", DEPLOY / "find_python.sh"], capture_output=True, text=True, check=True).stdout.strip()
    asked = "import ensurepip, sys, venv; print(sys.version_info >= (3, 11))"
    assert subprocess.run([found, "-c", asked], capture_output=True, text=True, check=True).stdout == "True\n"


def test_a_python_that_is_too_old_is_named(tmp_path: Path) -> None:
    old = tmp_path / "python2.7"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 2.7.18" && exit 0\nexit 1\n', encoding="utf-8")
    old.chmod(0o755)
    done = subprocess.run(["sh", DEPLOY / "make_venv.sh", old, tmp_path / "venv"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Python 2.7.18" in done.stderr
    assert "3.11" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_no_python_at_all(tmp_path: Path) -> None:
    done = subprocess.run(["sh", DEPLOY / "make_venv.sh", "", tmp_path / "venv"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Install Python 3.11" in done.stderr


@pytest.mark.parametrize("config", sorted(DEPLOY.glob("mosquitto*.conf")), ids=lambda config: config.name)
def test_brokers_do_not_hold_messages_back(config: Path) -> None:
    assert "set_tcp_nodelay true" in config.read_text(encoding="utf-8").splitlines()


def test_who_needs_no_password_comes_from_this_machine() -> None:
    for config in DEPLOY.glob("mosquitto*.conf"):
        lines = config.read_text(encoding="utf-8").splitlines()
        listeners = [line for line in lines if line.startswith("listener ")]
        assert listeners
        if "allow_anonymous true" in lines:
            assert all(line.endswith(" 127.0.0.1") for line in listeners), config.name
