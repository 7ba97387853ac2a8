"""How a process is, as metrics for Prometheus: base units in the names, counters that end in `_total`."""

from collections.abc import Iterable, Iterator

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from gw_spaceheat.core.events import Authority
from gw_spaceheat.runtime.witness import Figures

CONTENT_TYPE = CONTENT_TYPE_LATEST
MS_PER_S = 1000.0

Family = CounterMetricFamily | GaugeMetricFamily | InfoMetricFamily


def metrics_text(figures: Figures) -> bytes:
    """All metrics of one moment, with those of the process itself (memory, processor time, open files) where /proc has them."""
    registry = CollectorRegistry()
    registry.register(_Once(figures))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class _Once(Collector):
    """The library asks a collector; this one has one answer."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterable[Family]:
        """The families, in the order in which a person would read them."""
        figures = self._figures
        yield InfoMetricFamily("gws_build", "Which software.", {"version": figures.version, "process": figures.process})
        yield GaugeMetricFamily("gws_healthy", "1 while everyone keeps what was promised.", float(figures.healthy))
        if figures.looked_ago_s is not None:
            yield GaugeMetricFamily("gws_watch_age_seconds", "Since the watch has looked.", figures.looked_ago_s)
        yield from _actors(figures)
        yield from _links(figures)
        yield from _node(figures)


def _gauge(name: str, text: str, label: str, values: Iterable[tuple[str, float]]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for of, value in values:
        family.add_metric([of], value)
    return family


def _counter(name: str, text: str, labels: list[str], values: Iterable[tuple[tuple[str, ...], float]]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, text, labels=labels)
    for of, value in values:
        family.add_metric(of, value)
    return family


def _actors(figures: Figures) -> Iterator[Family]:
    hosts, late = figures.hosts, figures.late
    ages = [(host.name, host.progress_age_s) for host in hosts]
    yield _gauge("gws_actor_progress_age_seconds", "Since the actor began or finished a call.", "actor", ages)
    yield _gauge(
        "gws_actor_late", "1 while the actor breaks its promise.", "actor", [(h.name, float(h.name in late)) for h in hosts]
    )
    waiting = [(host.name, float(host.waiting)) for host in hosts]
    yield _gauge("gws_actor_mailbox_messages", "Mails that wait for the actor.", "actor", waiting)
    restarts = [((host.name,), float(host.restarts)) for host in hosts]
    yield _counter("gws_actor_restarts", "Starts of the actor after a failure.", ["actor"], restarts)
    dropped = [((host.name,), float(host.dropped)) for host in hosts]
    yield _counter("gws_actor_dropped_readings", "Readings dropped because the mailbox was full.", ["actor"], dropped)


def _links(figures: Figures) -> Iterator[Family]:
    links = figures.seen.links
    yield _gauge(
        "gws_link_up", "1 while connected and subscribed.", "link", [(name, float(link.up)) for name, link in links.items()]
    )
    connects = [((name,), float(link.connects)) for name, link in links.items()]
    yield _counter("gws_link_connects", "How often the link came up.", ["link"], connects)
    received = [((name,), float(link.received)) for name, link in links.items()]
    yield _counter("gws_link_received_messages", "Messages that came in and were passed on.", ["link"], received)
    sent = [(of, float(count)) for of, count in figures.seen.sent.items()]
    yield _counter("gws_link_given_messages", "Messages given to the link, by urgency.", ["link", "urgency"], sent)
    told = {name: link.figures for name, link in links.items() if link.figures is not None}
    refused = [((name, kind), float(count)) for name, of in told.items() for kind, count in of.counts.items()]
    yield _counter("gws_link_faults", "What was refused, dropped or given up, by kind.", ["link", "kind"], refused)
    waiting = [(name, float(of.waiting)) for name, of in told.items()]
    yield _gauge("gws_outbox_messages", "Messages that wait for their acknowledgement.", "link", waiting)
    sizes = [(name, float(of.size_bytes)) for name, of in told.items()]
    yield _gauge("gws_outbox_bytes", "Bytes of these messages.", "link", sizes)


def _node(figures: Figures) -> Iterator[Family]:
    seen = figures.seen
    captured = [((node,), float(count)) for node, count in seen.captured.items()]
    yield _counter("gws_readings_captured", "Values captured.", ["node"], captured)
    missing = [((node,), float(count)) for node, count in seen.missing.items()]
    yield _counter("gws_readings_missing", "Values told to be missing.", ["node"], missing)
    outcomes = [((verdict,), float(count)) for verdict, count in seen.outcomes.items()]
    yield _counter("gws_commands", "Commands that ended at their actuator, by verdict.", ["verdict"], outcomes)
    if seen.lease is not None:
        holders = [(by.value, float(by is seen.lease.by)) for by in Authority if by is not Authority.SAFETY]
        yield _gauge("gws_house_commanded", "1 for who has the house: local, remote or human.", "by", holders)
    if seen.report is not None:
        yield CounterMetricFamily("gws_reports", "Reports made.", float(seen.report.count))
        made_s = seen.report.made_ms / MS_PER_S
        yield GaugeMetricFamily("gws_report_last_timestamp_seconds", "When the last report was made.", made_s)
