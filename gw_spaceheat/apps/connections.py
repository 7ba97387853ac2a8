"""From settings to links: which broker, under which name, hearing which topics."""

from collections.abc import Callable
from dataclasses import replace

from gw_spaceheat.apps.process import fresh_seed
from gw_spaceheat.apps.settings import Settings
from gw_spaceheat.core.events import Event
from gw_spaceheat.core.link.listener import Listener
from gw_spaceheat.core.link.outbox import MemoryOutbox, Outbox
from gw_spaceheat.core.link.session import Session, SessionSettings
from gw_spaceheat.core.link.upkept import Upkeep, Upkept
from gw_spaceheat.core.retention.retention import RetentionOptions
from gw_spaceheat.links.broker import RunningBroker, start_broker
from gw_spaceheat.links.mqtt import Mqtt
from gw_spaceheat.links.mqtt_link import MqttLink
from gw_spaceheat.links.mqtt_settings import MqttSettings, MqttVersion
from gw_spaceheat.runtime.clock import Clock
from gw_spaceheat.stores.outbox import SqliteOutbox
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import DAY_MS

VERSIONS = {3: MqttVersion.V311, 5: MqttVersion.V5}

KEPT_BYTES_PER_MB = 900_000
"""What retention leaves of a megabyte of the outbox: that tells what it gives up, and an outbox that is full does not."""

Post = Callable[[Event], None]


def embedded_broker(settings: Settings) -> RunningBroker:
    """Start the private broker of this machine, in its own folder of the data folder; raises BrokerError."""
    return start_broker(settings.data_folder / "broker")


def mqtt_settings(settings: Settings, url: str, client_id: str, subscriptions: tuple[str, ...]) -> MqttSettings:
    """How to reach a broker; raises BadUrl."""
    password = settings.mqtt_password
    return MqttSettings.from_url(
        url,
        client_id=client_id,
        subscriptions=subscriptions,
        username=settings.mqtt_user or "",
        password="" if password is None else password.get_secret_value(),
        ca_file=settings.mqtt_ca,
        cert_file=settings.mqtt_cert,
        key_file=settings.mqtt_key,
        version=VERSIONS[settings.mqtt_version],
    )


def local_mqtt_settings(
    settings: Settings, url: str, uplink_url: str | None, client_id: str, subscriptions: tuple[str, ...]
) -> MqttSettings:
    """How to reach the house's own broker; user, password and certificates are for the uplink's only. Raises BadUrl."""
    made = mqtt_settings(settings, url, client_id, subscriptions)
    return made if url == uplink_url else replace(made, username="", password="", cert_file=None, key_file=None)


def session_link(
    transport: MqttSettings,
    session: SessionSettings,
    post: Post,
    clock: Clock,
    seed: int,
    outbox: SqliteOutbox | None = None,
    upkeep: Callable[[Outbox], Upkeep] | None = None,
) -> MqttLink:
    """A link on which we have something to say; post brings mail back to it, and upkeep makes who looks after its outbox.

    Its outbox lives in memory, unless another is given, which is opened before and closed after the runtime.
    """
    mqtt = Mqtt(transport, session.link, post, seed=seed, wall_ms=lambda: clock.now().wall_ms)
    kept = MemoryOutbox() if outbox is None else outbox
    spoken = Session(session, kept, IdSource(fresh_seed()))
    return MqttLink(spoken if upkeep is None else Upkept(spoken, upkeep(kept)), mqtt, outbox)


def listening_link(transport: MqttSettings, link: str, alias: str, post: Post, clock: Clock, seed: int) -> MqttLink:
    """A link on which we listen, and hardly ever say something under this alias; post brings mail back to it."""
    return MqttLink(Listener(link, alias), Mqtt(transport, link, post, seed=seed, wall_ms=lambda: clock.now().wall_ms))


def on_wire(alias: str) -> str:
    """An alias as it stands in a topic."""
    return alias.replace(".", "-")


def retention_options(settings: Settings) -> RetentionOptions:
    """How long what is kept that waits for the peer."""
    return RetentionOptions(
        whole_ms=round(settings.retention_whole_days * DAY_MS),
        minute_ms=round(settings.retention_minute_days * DAY_MS),
        most_ms=round(settings.retention_days * DAY_MS),
        most_bytes=settings.outbox_mb * KEPT_BYTES_PER_MB,
    )
