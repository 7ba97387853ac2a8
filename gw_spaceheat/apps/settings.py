"""Settings: the keys `GWS_...` of the environment and of `.env`, checked once at start; the only reader of both.

The environment goes before `.env`. A value `None` is Python's None; an empty value counts as not given. Every key stands in
`.env.example` with a comment. Importing this module imports pydantic, so commands that need no settings leave it alone.
"""

import difflib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args
from urllib.parse import urlsplit

from dotenv.parser import parse_stream
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from gw_spaceheat.vocabulary.upload_order import UploadOrder
from gw_spaceheat.vocabulary.webhook_form import WebhookForm

PREFIX = "GWS_"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
APPLICATION = "gw-spaceheat"


class SettingsError(Exception):
    """Settings that cannot be used: one line for each problem, naming key, value and what is allowed.

    Attributes:
        problems: The lines.
    """

    def __init__(self, problems: list[str]) -> None:
        """Remember the problems."""
        super().__init__("settings cannot be used:\n" + "\n".join(f"  {problem}" for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a key may be, in words for the error message."""

    words: str


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _version(value: object) -> object:
    return {"3": 3, "5": 5}.get(value, value) if isinstance(value, str) else value


def _switch(value: object) -> object:
    return {"auto": None, "1": True, "0": False}.get(value.lower(), value) if isinstance(value, str) else value


def _on_off(value: object) -> object:
    return {"on": True, "off": False}.get(value.lower(), value) if isinstance(value, str) else value


def _broker_url(value: object) -> object:
    """Refuse what is not `mqtt://host[:port]` or `mqtts://host[:port]`; the user and the password have keys of their own."""
    if not isinstance(value, str):
        return value
    url = urlsplit(value)
    port = url.port  # raises ValueError when it is no port
    if url.scheme not in {"mqtt", "mqtts"} or not url.hostname or port == 0:
        raise ValueError("not the address of a broker")
    if url.username or url.password or url.path.strip("/") or url.query or url.fragment:
        raise ValueError("more than scheme, host and port")
    return value


def listen_address(text: str) -> tuple[str, int]:
    """Host and port to listen on, from `HOST:PORT`, `[IPV6]:PORT` or `PORT`, which is on the loopback interface only.

    Raises:
        ValueError: It is neither.
    """
    host, port = ("127.0.0.1", int(text)) if text.isdecimal() else ("", -1)
    if not host:
        url = urlsplit(f"//{text}")
        host, port = url.hostname or "", -1 if url.port is None else url.port  # port raises ValueError when it is none
        if url.netloc != text or url.username is not None or url.password is not None:
            raise ValueError("more than host and port")
    if not host or not 0 <= port <= 65_535:
        raise ValueError("not an address to listen on")
    return host, port


def _listen(value: object) -> object:
    if isinstance(value, str):
        listen_address(value)
    return value


def _home_folder(value: object) -> object:
    return Path(value).expanduser() if isinstance(value, str) else value


def _existing(value: object) -> object:
    path = _home_folder(value)
    if isinstance(path, Path) and not path.exists():
        raise ValueError("does not exist")
    return path


def _existing_file(value: object) -> object:
    path = _existing(value)
    if isinstance(path, Path) and not path.is_file():
        raise ValueError("is no file")
    return path


SYNTHETIC, MESSAGES = "synthetic", "messages"
"""Words for where forecasts come from, beside a file and an address."""


def _forecasts(value: object) -> object:
    """A word, an https address (http only on this machine), or a file; what the file holds is looked at when it is read."""
    if not isinstance(value, str) or value in {SYNTHETIC, MESSAGES}:
        return value
    url = urlsplit(value)
    if "://" not in value:
        return str(_existing_file(value))
    if url.scheme != "https" and not (url.scheme == "http" and url.hostname in LOOPBACK):
        raise ValueError("not https")
    if not url.hostname or url.username or url.password:
        raise ValueError("not the address of a page")
    return value


def _mail_url(value: SecretStr) -> SecretStr:
    url = urlsplit(value.get_secret_value())
    port = url.port  # raises ValueError when it is no port
    if url.scheme not in {"smtp", "smtps"} or not url.hostname or port == 0:
        raise ValueError("not the address of a mail server")
    return value


def _meter_broker(value: SecretStr) -> SecretStr:
    url = urlsplit(value.get_secret_value())
    port = url.port  # raises ValueError when it is no port
    if url.scheme not in {"amqp", "amqps", "mqtt", "mqtts"} or not url.hostname or port == 0:
        raise ValueError("not the address of a broker")
    return value


def _webhook_url(value: SecretStr) -> SecretStr:
    url = urlsplit(value.get_secret_value())
    if not url.hostname or not (url.scheme == "https" or (url.scheme == "http" and url.hostname in LOOPBACK)):
        raise ValueError("not https")
    return value


def default_data_folder() -> Path:
    """Where a process keeps its files unless told otherwise: `gw-spaceheat` in the XDG state folder of its user."""
    state = os.environ.get("XDG_STATE_HOME", "")
    return (Path(state) if state else Path.home() / ".local" / "state") / APPLICATION


def default_compiled_folder() -> Path:
    """Where compiled control code is kept unless told otherwise: below the XDG cache folder of the user."""
    cache = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(cache) if cache else Path.home() / ".cache") / APPLICATION / "compiled"


_BROKER = Allowed("mqtt://HOST[:PORT] or mqtts://HOST[:PORT] without user and password, or None for the embedded broker")
_FILE = Allowed("path of a file that exists, or None")

Alias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(\.[a-z0-9]+)*$", max_length=200), Allowed("dotted words of a-z and 0-9")]
BrokerUrl = Annotated[str, BeforeValidator(_broker_url), _BROKER]
ExistingFile = Annotated[Path, BeforeValidator(_existing_file), _FILE]
ExistingPath = Annotated[Path, BeforeValidator(_existing), Allowed("path of a file or folder that exists, or None")]
Listen = Annotated[str, BeforeValidator(_listen), Allowed("a port, HOST:PORT with 0 for a free port, or None")]
Folder = Annotated[Path, BeforeValidator(_home_folder), Allowed("path of a folder; it is made when it is not there")]
OwnFolder = Annotated[Path, BeforeValidator(_home_folder), Allowed("path of a folder that only its owner can use, or None")]
NewFile = Annotated[Path, BeforeValidator(_home_folder), Allowed("path of a file, or None")]
LogLevel = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper), Allowed("DEBUG, INFO, WARNING or ERROR")
]
MqttVersion = Annotated[Literal[3, 5], BeforeValidator(_version), Allowed("5, or 3 for MQTT 3.1.1")]
MailUrl = Annotated[
    SecretStr, AfterValidator(_mail_url), Allowed("smtps://[USER:PASSWORD@]HOST[:PORT], smtp:// for STARTTLS, or None")
]
MeterBroker = Annotated[
    SecretStr,
    AfterValidator(_meter_broker),
    Allowed("amqp://[USER:PASSWORD@]HOST[:PORT][/VHOST], amqps://, mqtt://, mqtts://, or None"),
]
MailAddress = Annotated[
    str, Field(pattern=r"^([^\s@,]+@[^\s@,]+(\s*,\s*[^\s@,]+@[^\s@,]+)*)?$", max_length=1000), Allowed("mail addresses")
]
WebhookUrl = Annotated[SecretStr, AfterValidator(_webhook_url), Allowed("https://HOST/..., or None")]
Form = Annotated[WebhookForm, BeforeValidator(_lower), Allowed("ntfy or slack")]
Order = Annotated[UploadOrder, BeforeValidator(_lower), Allowed("oldest-first or newest-day-first")]
Switch = Annotated[bool | None, BeforeValidator(_switch), Allowed("auto, 1 or 0")]
Door = Annotated[bool, BeforeValidator(_on_off), Allowed("on or off")]
Days = Annotated[float, Field(gt=0, le=3660, allow_inf_nan=False), Allowed("a number above 0, at most 3660")]
WholeDays = Annotated[int, Field(ge=1, le=36_600), Allowed("days, a whole number from 1, or None")]
Speed = Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False), Allowed("a number above 0, at most 10000")]


Forecasts = Annotated[
    str,
    BeforeValidator(_forecasts),
    Allowed("path of a CSV file, https://HOST/... (http:// on this machine only), synthetic, messages, or None"),
]
UsdPerUnit = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False), Allowed("a number above 0, at most 1000")]
ForecastMinutes = Annotated[float, Field(ge=1, le=1440, allow_inf_nan=False), Allowed("minutes, 1 to 1440")]


class Settings(BaseSettings):
    """What a process is told from outside. Frozen; made by `read_settings`.

    Attributes:
        atn_alias: Alias of the AtomicTNode of the house to run.
        atn_standing_w: The AtomicTNode keeps a standing contract for so much average power [W]; None for none.
        atn_mirror: While it commands, it does what the house's own strategy would.
        atn_plan: While it commands, it goes by a plan against prices and weather.
        atn_market: If it plans: alias of the market in which it bids, with a contract for each market slot; None for none.
        houses_file: Houses, or a folder with one house per file; None for the file that the project ships (see `houses_path`).
        uplink_url: Broker between the SCADA, the AtomicTNode and the Ear; None for the embedded one.
        local_url: Broker inside the house; None for the embedded one.
        human_door: Whether persons may command the house over its own bus (`gws take`, `gws set`).
        home_assistant: Whether the house shows up in Home Assistant, over its own broker.
        mqtt_user: User at the uplink's broker.
        mqtt_password: Its password; never shown.
        mqtt_ca: Certificate authority to trust for `mqtts://`; None for the system's.
        mqtt_cert: Own certificate for `mqtts://`.
        mqtt_key: Its private key.
        mqtt_version: 5, or 3 for MQTT 3.1.1.
        retention_whole_days: What waits for the AtomicTNode has every reading for so long [days].
        retention_minute_days: Then means of a minute, until it is so old [days].
        retention_days: Then means of a quarter of an hour, until it is so old and is given up [days].
        upload_order: Which of the messages that waited go first when they may.
        ear_session_s: For so long the broker keeps for an Ear that is away what is sent with QoS 1 [s]; 0 for not at all.
        ear_messages_days: For how many days an Ear keeps messages; None for ever.
        ear_readings_days: ... and readings, with the means that stand for them.
        prices: Where forecasts of energy prices come from; None for nowhere.
        prices_column: Column of that file or page which has the energy price.
        prices_usd_per_unit: USD for one unit of money of that column; 1 for USD.
        weather: Where weather forecasts come from; None for nowhere.
        forecasts_every_min: How often file or page is read anew [min].
        data_folder: Where a process keeps its files.
        outbox_mb: How much waits for the AtomicTNode at most [MB]; of more the oldest is given up.
        keys_folder: The site's keys; None for `keys` in the data folder (see `keys_path`).
        log_level: The least level that is logged.
        health_listen: Where the SCADA's process serves `/healthz` and `/metrics` (see `listen_address`); None for nowhere.
        web_listen: Where `gws web` serves its pages (see `listen_address`); None for a free port of this machine only.
        web_cert: Certificate of the pages for https; None for http.
        web_key: Its private key.
        alerts_file: Rules by which `gws alerts run` tells a person; None for the usual ones.
        meter_broker: Broker of meter readings (`apps/meter/transport.py`); never shown. None for the embedded one.
        alerts_mail: Mail server that it tells by (`links/mail.py`); never shown. None for no mail.
        alerts_mail_from: Sender of its mails.
        alerts_mail_to: Who gets them, with commas between.
        alerts_webhook: Address of a webhook that it tells by; never shown. None for none.
        alerts_webhook_form: What that wants.
        alerts_mqtt: Whether it tells on `gw-alerts/...` of the uplink's broker too.
        record_file: File for the record of causes and effects; None for no record.
        numba: Whether the simulated physics is compiled; None to compile when Numba is there.
        compiled: Whether simulations use the control code that `gws compile` has compiled; None to do so when it is there.
        compiled_folder: Where compiled control code is kept.
        speed: How many times faster than life a simulated house runs.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        env_parse_none_str="None",
        extra="ignore",  # `read_settings` names unknown keys of .env; the environment may hold keys of other tools
        frozen=True,
        hide_input_in_errors=True,
    )

    atn_alias: Alias = "dw1.isone.nh.orange.1"
    atn_standing_w: Annotated[int, Field(ge=0), Allowed("watts, a whole number from 0, or None")] | None = None
    atn_mirror: Door = False
    atn_plan: Door = False
    atn_market: Alias | None = None
    houses_file: ExistingPath | None = None
    uplink_url: BrokerUrl | None = "mqtt://localhost:1883"
    local_url: BrokerUrl | None = "mqtt://localhost:1883"
    human_door: Door = True
    home_assistant: Door = True
    mqtt_user: Annotated[str, Allowed("a user name, or None")] | None = None
    mqtt_password: Annotated[SecretStr, Allowed("a password, or None")] | None = None
    mqtt_ca: ExistingFile | None = None
    mqtt_cert: ExistingFile | None = None
    mqtt_key: ExistingFile | None = None
    mqtt_version: MqttVersion = 5
    retention_whole_days: Days = 1.0
    retention_minute_days: Days = 7.0
    retention_days: Days = 28.0
    upload_order: Order = UploadOrder.OLDEST_FIRST
    ear_session_s: Annotated[int, Field(ge=0, le=2_592_000), Allowed("seconds, a whole number from 0 to 2592000")] = 0
    ear_messages_days: WholeDays | None = None
    ear_readings_days: WholeDays | None = None
    prices: Forecasts | None = None
    prices_column: Annotated[str, Field(min_length=1), Allowed("the name of a column")] = "energy_day_ahead_usd_per_kwh"
    prices_usd_per_unit: UsdPerUnit = 1.0
    weather: Forecasts | None = None
    forecasts_every_min: ForecastMinutes = 15.0
    data_folder: Folder = Field(default_factory=default_data_folder)
    outbox_mb: Annotated[int, Field(ge=1, le=100_000), Allowed("megabytes, a whole number from 1")] = 64
    keys_folder: OwnFolder | None = None
    log_level: LogLevel = "INFO"
    health_listen: Listen | None = None
    web_listen: Listen | None = "127.0.0.1:8050"
    web_cert: ExistingFile | None = None
    web_key: ExistingFile | None = None
    alerts_file: ExistingFile | None = None
    meter_broker: MeterBroker | None = None
    alerts_mail: MailUrl | None = None
    alerts_mail_from: MailAddress = ""
    alerts_mail_to: MailAddress = ""
    alerts_webhook: WebhookUrl | None = None
    alerts_webhook_form: Form = WebhookForm.NTFY
    alerts_mqtt: Door = False
    record_file: NewFile | None = None
    numba: Switch = None
    compiled: Switch = None
    compiled_folder: Folder = Field(default_factory=default_compiled_folder)
    speed: Speed = 1.0

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        """Refuse keys that mean nothing without each other."""
        if (self.mqtt_cert is None) != (self.mqtt_key is None):
            raise ValueError("GWS_MQTT_CERT and GWS_MQTT_KEY must be given together")
        if (self.web_cert is None) != (self.web_key is None):
            raise ValueError("GWS_WEB_CERT and GWS_WEB_KEY must be given together")
        if self.atn_mirror and self.atn_plan:
            raise ValueError("GWS_ATN_MIRROR and GWS_ATN_PLAN cannot both be on: the AtomicTNode commands in one way")
        if self.atn_market is not None and self.atn_standing_w is not None:
            raise ValueError("GWS_ATN_MARKET makes a contract for each slot, so GWS_ATN_STANDING_W must be None")
        if self.alerts_mail is not None and not (self.alerts_mail_from and self.alerts_mail_to):
            raise ValueError("GWS_ALERTS_MAIL needs GWS_ALERTS_MAIL_FROM and GWS_ALERTS_MAIL_TO")
        if self.mqtt_password is not None and self.mqtt_user is None:
            raise ValueError("GWS_MQTT_PASSWORD is given without GWS_MQTT_USER")
        if not self.retention_whole_days <= self.retention_minute_days <= self.retention_days:
            raise ValueError("GWS_RETENTION_WHOLE_DAYS, GWS_RETENTION_MINUTE_DAYS and GWS_RETENTION_DAYS must not fall")
        return self

    def houses_path(self) -> Path:
        """The houses file (or folder) to use; raises SettingsError when none is named and the project's own is not there."""
        return self.houses_file if self.houses_file is not None else houses_file()

    def keys_path(self) -> Path:
        """Where the site's keys lie, or are to lie."""
        return self.keys_folder if self.keys_folder is not None else self.data_folder / "keys"


def houses_file() -> Path:
    """The `input_data/houses.json` of the checkout that this code runs from.

    Raises SettingsError when the package was installed without it; then GWS_HOUSES_FILE must name one.
    """
    path = Path(__file__).resolve().parents[2] / "input_data" / "houses.json"
    if not path.exists():
        raise SettingsError([f"GWS_HOUSES_FILE is not set and {path} does not exist: name a houses file there"])
    return path


def known_keys() -> tuple[str, ...]:
    """Every key that may stand in `.env`, in the order of `Settings`."""
    return tuple(PREFIX + name.upper() for name in Settings.model_fields)


def read_settings(env_file: Path = Path(".env")) -> Settings:
    """Settings from the environment and, below it, from env_file if it is there.

    Raises SettingsError: for a file that cannot be read or has lines that are no settings; else with all wrong values and all
    unknown keys of the file that begin with GWS_.
    """
    lines = _lines_of(env_file)
    problems = [
        f"{key} ({env_file} line {line}) is unknown{_nearest(key)}" for key, line in lines.items() if key not in known_keys()
    ]
    try:
        settings = Settings(_env_file=env_file)  # type: ignore[call-arg]  # mypy sees the model's fields only
    except ValidationError as error:
        problems += [_problem(dict(each), lines, env_file) for each in error.errors(include_url=False, include_context=False)]
        # not chained: the cause would carry the values, secrets among them, into a traceback
        raise SettingsError(problems) from None
    if problems:
        raise SettingsError(problems)
    return settings


def _lines_of(env_file: Path) -> dict[str, int]:
    """Line number of every GWS_ key in env_file; raises SettingsError when it is no file of settings."""
    if not env_file.is_file():
        return {}
    try:
        with env_file.open(encoding="utf-8") as stream:
            bindings = list(parse_stream(stream))
    except OSError as error:
        raise SettingsError([f"{env_file} cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError:
        raise SettingsError([f"{env_file} is not UTF-8 text: save it as UTF-8"]) from None
    garbled = [each.original.line for each in bindings if each.error or (each.key is not None and each.value is None)]
    if garbled:
        raise SettingsError(
            [f"{env_file} line {line} is no setting: write KEY=VALUE, or # before a comment" for line in garbled],
        )
    return {each.key.upper(): each.original.line for each in bindings if each.key and each.key.upper().startswith(PREFIX)}


def _nearest(key: str) -> str:
    near = difflib.get_close_matches(key, known_keys(), n=1)
    return f": did you mean {near[0]}?" if near else ": .env.example lists all keys"


def _problem(error: dict[str, Any], lines: dict[str, int], env_file: Path) -> str:
    """One line for one of pydantic's errors."""
    if not error["loc"]:
        return str(error["msg"]).removeprefix("Value error, ")
    name = str(error["loc"][0]).lower().removeprefix(PREFIX.lower())
    key = PREFIX + name.upper()
    field = Settings.model_fields[name]
    value = "***" if SecretStr in _parts(field.annotation) else re.sub(r"//.*@", "//***@", str(error["input"]))
    in_environment = any(variable.upper() == key for variable in os.environ)
    where = "environment" if in_environment or key not in lines else f"{env_file} line {lines[key]}"
    return f"{key}={value} ({where}): allowed is {_allowed(field)}"


def _allowed(field: FieldInfo) -> str:
    """What a field may be, in words."""
    for item in (*field.metadata, *_parts(field.annotation)):
        if isinstance(item, Allowed):
            return item.words
    raise LookupError(f"no Allowed(...) stands at the setting {field!r}")


def _parts(annotation: object) -> list[object]:
    """An annotation and everything inside it."""
    return [annotation, *(part for inner in get_args(annotation) for part in _parts(inner))]
