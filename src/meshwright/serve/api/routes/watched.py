"""What is watched and what became of it, over HTTP: monitors, backtests, alerts, incidents taken care of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from meshwright.app.health_shapes import health_shape
from meshwright.app.incident_pages import IncidentLine
from meshwright.app.monitors import PortLine, SeriesLine
from meshwright.errors import UsageError
from meshwright.serve.api.looking import Look, acting, looking
from meshwright.serve.api.operations import AS_OF, CURSOR, LIMIT, Operation, Parameter
from meshwright.serve.api.paging import page, page_down, paged

ANY = dict[str, Any]
Monitored = paged(PortLine, "Monitored", "ports")
SeriesLines = paged(SeriesLine, "SeriesLines", "series")
Alerts = paged(ANY, "Alerts", "alerts")
Mutes = paged(ANY, "Mutes", "mutes")
Subscriptions = paged(ANY, "Subscriptions", "subscriptions")
WATCHED = Parameter(
    "address", "A product, a port or a column.", place="path", example="sales.orders.orders"
)
INCIDENT = Parameter("incident", "Its id, or its number.", place="path", example="inc-7")


@dataclass(frozen=True, slots=True)
class IncidentNote:
    """What to say of an incident."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class MarkBody:
    """Whether it was `expected`, which resolves it, or `real`; what is watched learns from it."""

    verdict: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class MuteBody:
    """Where nobody shall be told, for how long (as `2d`), and why."""

    address: str
    span: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UnmuteBody:
    """Where people shall be told again."""

    address: str


@dataclass(frozen=True, slots=True)
class SubscribeBody:
    """What to hear of, and by which notifier of mesh.yaml. No events: all of them."""

    address: str
    to: str = ""
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnsubscribeBody:
    """A subscription's id, or an address."""

    what: str
    to: str = ""


def _ports(look: Look) -> Any:
    found = (one for one in look.mesh.monitored_ports() if look.knowing.of(one.address))
    return page(Monitored, found, lambda one: one.address, look.words)


def _series(look: Look) -> Any:
    lines = look.mesh.monitors(str(look.address()), everything=look.words.flag("everything"))
    return page(SeriesLines, lines, _key, look.words)


def _key(line: SeriesLine) -> str:
    return f"{line.address} {line.metric} {line.segment} {line.detector}"


def _backtest(look: Look) -> Any:
    words = look.words
    return look.mesh.backtest(
        str(look.address()), start=words.text("from"), end=words.text("to"), metric=words.text("metric")
    )  # fmt: skip


def _health(look: Look) -> Any:
    from meshwright.app.clock import parse_as_of

    address, as_of = look.address(), look.words.text("as_of") or None
    look.wiring.workspace.card(address)  # raises for a product that there is not
    ports = look.mesh.health(str(address.product_address), as_of=as_of)
    chosen = tuple(one for one in ports if not address.port or one.address.port == address.port)
    if address.port and not chosen:
        raise UsageError("port-unknown", f"there is no port `{address}`")
    return health_shape(chosen, parse_as_of(as_of, look.wiring.mesh.timezone).instant)


def _alerts(look: Look) -> Any:
    found = look.mesh.alerts(0)["alerts"]
    known = [one for one in found if look.knows(one["address"])]
    return page_down(Alerts, known, lambda one: f"{one['at']} {one['alert']}", look.words)


def _mutes(look: Look) -> Any:
    found = look.mesh.alerts(1)["mutes"]
    known = (one for one in found if look.knows(one["address"]))
    return page(Mutes, known, lambda one: str(one["address"]), look.words)


def _mute(look: Look, said: MuteBody) -> Any:
    look.known(said.address)
    return look.mesh.mute(said.address, span=said.span, reason=said.reason)


def _unmute(look: Look, said: UnmuteBody) -> Any:
    look.known(said.address)
    return look.mesh.unmute(said.address)


def _subscriptions(look: Look) -> Any:
    found = (one for one in look.mesh.subscriptions() if look.knows(one["address"]))
    return page(Subscriptions, found, lambda one: str(one["id"]), look.words)


def _subscribe(look: Look, said: SubscribeBody) -> Any:
    look.known(said.address)
    return look.mesh.subscribe(said.address, to=said.to, events=said.events)


def _unsubscribe(look: Look, said: UnsubscribeBody) -> Any:
    return look.mesh.unsubscribe(said.what, to=said.to)


def _incident(look: Look) -> str:
    """Return the incident of the path; one of a product that they may not know of is not there."""
    name = look.path("incident")
    found = look.mesh.incidents.show(name)
    if not look.knowing.of(found.line.product):
        raise UsageError("incident-unknown", f"there is no incident `{name}`")
    return found.line.id


def _noted(verb: str) -> Any:
    def act(look: Look, said: IncidentNote) -> IncidentLine:
        line: IncidentLine = getattr(look.mesh.incidents, verb)(_incident(look), said.note)
        return line

    return act


def _mark(look: Look, said: MarkBody) -> IncidentLine:
    return look.mesh.incidents.mark(_incident(look), said.verdict, said.note)


def _on_incident(verb: str, about: str) -> Operation:
    return acting(
        "POST", f"/api/v1/incidents/{{incident}}/{verb}", about, IncidentNote, IncidentLine, _noted(verb),
        INCIDENT, example={"note": "a late delivery; the supplier knows"},
    )  # fmt: skip


OPERATIONS: Sequence[Operation] = (
    looking("/api/v1/health/{address}", "Say which promises a product or port keeps.", ANY, _health,
            Parameter("address", "A product or a port.", place="path", example="sales.orders"), AS_OF),
    looking("/api/v1/monitors", "List the ports that are watched.", Monitored, _ports, LIMIT, CURSOR),
    looking("/api/v1/monitors/{address}", "List watched series, with what is expected of each.",
            SeriesLines, _series, WATCHED,
            Parameter("everything", "With series that are recorded and not watched.", "boolean"),
            LIMIT, CURSOR),
    looking("/api/v1/backtest/{address}", "Say what watching would have alerted in the recorded past.",
            ANY, _backtest, WATCHED, Parameter("from", "The first day.", example="2026-01-01"),
            Parameter("to", "The last day."), Parameter("metric", "Only this metric.", example="rows"),
            is_long=True),
    _on_incident("acknowledge", "Say that you take care of an incident."),
    _on_incident("comment", "Say something about an incident."),
    acting("POST", "/api/v1/incidents/{incident}/mark", "Say whether an incident was expected or real.",
           MarkBody, IncidentLine, _mark, INCIDENT, example={"verdict": "expected", "note": "a holiday"}),
    _on_incident("resolve", "Say that an incident is over."),
    _on_incident("reopen", "Say that an incident is not over."),
    looking("/api/v1/alerts", "List who was told of what, the newest first.", Alerts, _alerts, LIMIT, CURSOR),
    looking("/api/v1/mutes", "List where nobody is told for now.", Mutes, _mutes, LIMIT, CURSOR),
    acting("POST", "/api/v1/mutes", "Tell nobody about an address, and what is below it, for a time.",
           MuteBody, ANY, _mute, example={"address": "sales.orders", "span": "2d", "reason": "it moves"}),
    acting("POST", "/api/v1/mutes/end", "Tell about an address again.", UnmuteBody, ANY, _unmute,
           example={"address": "sales.orders"}),
    looking("/api/v1/subscriptions", "List who subscribed to what.", Subscriptions, _subscriptions,
            LIMIT, CURSOR),
    acting("POST", "/api/v1/subscriptions", "Tell a notifier of changes, incidents and deprecations.",
           SubscribeBody, ANY, _subscribe, scope="",
           example={"address": "sales.orders", "to": "team", "events": ["changed"]}),
    acting("POST", "/api/v1/subscriptions/end", "End a subscription by its id, or those of an address.",
           UnsubscribeBody, ANY, _unsubscribe, example={"what": "sub-1a2b3c4d"}),
)  # fmt: skip
