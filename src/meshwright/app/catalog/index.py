"""The index of words brought up to date at a search: what changed since the last one is read, nothing else.

What must stay true: where nothing changed it costs two comparisons, however large the mesh; where one
product changed, the documents of that product; no write waits for more than a part of a large renewal.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import NamedTuple

from meshwright.app.catalog.fields import Key, read_said, spoken_of
from meshwright.app.health import check_health
from meshwright.app.policy.files import has_rules
from meshwright.app.product_graph import graph_of
from meshwright.app.score import certified
from meshwright.app.wiring import Wiring
from meshwright.catalog import keeping
from meshwright.catalog.documents import (
    Place,
    domain_places,
    product_places,
    term_places,
    unread_places,
)
from meshwright.catalog.freshness import freshness_of
from meshwright.catalog.provenance import Said
from meshwright.documents.digest import digest
from meshwright.documents.workspace import Workspace
from meshwright.errors import LedgerError, MeshwrightError, UnreachableError
from meshwright.model.address import Address
from meshwright.model.health import PortHealth, worst_status
from meshwright.spi.state_store import Reader, Value, Writer

TERMS, DOMAINS = "*terms", "*domains"  # owners that no product can be called like
_PART = 200  # products that are written at once
_STEP = 50  # where others are to be let on in between
_SERVED = ("VersionPublished", "VersionRolledBack", "ProductRetired", "ProductRenamed")
_SAID = ("FieldSaid",)
_FARES = (
    "BuildStarted", "BuildFailed", "BuildRejected", "PortAudited", "RejectionAccepted", "VersionPublished",
    "VersionRolledBack", "ProductRetired", "ProductRenamed", "AnomalyFound", "IncidentOpened",
    "IncidentJoined", "IncidentMarked", "IncidentReopened", "IncidentResolved", "IncidentAcknowledged",
    "RulesJudged", "ClassificationSuggested", "ClassificationAccepted", "ClassificationRefused",
)  # fmt: skip
_WAIT = 2.0  # seconds for another process to end what it indexes
_LOCK = Lock()


class NotNow(Exception):
    """More changed than is to be indexed now."""


def bring_up_to_date(
    wiring: Wiring, most: int | None = None, rest: Callable[[float], None] | None = None
) -> bool:
    """Index what changed of the mesh; where its state cannot be written, what is indexed stays.

    Returns False, with nothing done, where more products than `most` changed or another process is at it,
    which is waited for only where there is no `most`. `rest` is called after each part, with the seconds
    that it took.
    """
    with _LOCK:
        try:
            _renew(wiring, most, rest)
        except NotNow:
            return False
        except UnreachableError as error:
            return error.code != "held-elsewhere"
    return True


def erase_index(wiring: Wiring) -> None:
    """Empty the index, with tables that somebody dropped made anew; the next search fills it again."""
    wiring.store.restore_tables(keeping.TABLES)
    with wiring.store.write() as writer:
        keeping.erase(writer)


def _renew(wiring: Wiring, most: int | None, rest: Callable[[float], None] | None) -> None:
    try:
        _renew_alone(wiring, most, rest)
    except LedgerError as error:
        if error.code != "state-table-missing":
            raise
        erase_index(wiring)
        _renew_alone(wiring, None, rest)


def _renew_alone(wiring: Wiring, most: int | None, rest: Callable[[float], None] | None) -> None:
    """Renew what is not current: of two processes that write what they read, the older might have its way."""
    if _is_current(wiring):
        return
    with wiring.store.hold("index", wiring.actor, 0.0 if most is not None else _WAIT):
        _renew_words(wiring, most, rest)
        _renew_health(wiring, most, rest)


def _is_current(wiring: Wiring) -> bool:
    with wiring.store.read() as reader:
        known, seq = keeping.read_marks(reader), _newest(reader, _FARES)
        marks = _marks(wiring.workspace, reader)
        if known.get("fares") != str(seq) or not marks.items() <= known.items():
            return False
        return not _stale(reader, str(seq), seq, wiring.now().timestamp())


def _marks(workspace: Workspace, reader: Reader) -> dict[str, str]:
    """Return what the words of the index are made of."""
    return {
        "files": workspace.mark,
        "served": str(_newest(reader, _SERVED)),
        "said": str(_newest(reader, _SAID)),
        "form": keeping.FORM,
    }


def _renew_words(wiring: Wiring, most: int | None, rest: Callable[[float], None] | None) -> None:
    workspace = wiring.workspace
    with wiring.store.read() as reader:
        known, marks = keeping.read_marks(reader), _marks(workspace, reader)
        if marks.items() <= known.items():
            return
        is_new = known.get("form") != keeping.FORM
        known = {} if is_new else keeping.read_state(reader)
        changed, gone = _changed(workspace, reader, known, marks, is_new=is_new)
        if most is not None and len(changed) > most:
            raise NotNow
        told = {name: _told(reader, name) for name in changed}
    if is_new:
        wiring.store.restore_tables(keeping.TABLES)
    with wiring.store.write() as writer:
        if is_new:  # what is done from here on stays, should the process end before the rest is
            keeping.erase(writer)
            keeping.write_state(writer, form=keeping.FORM)
        others = _put_others(workspace, writer, known)
        keeping.take_away(writer, gone)
        keeping.write_state(writer, **others)
        keeping.renew(writer, [*gone, TERMS, DOMAINS])
    for part in _parts(sorted(changed), _PART if rest is None else _STEP):
        started = monotonic()
        ready = _ready(wiring, workspace, part, changed, told)
        with wiring.store.write() as writer:
            keeping.put_all(writer, ready)
            keeping.renew(writer, part)
        if rest is not None:
            rest(monotonic() - started)
    marks |= {f"domain {name}": mark for name, mark in workspace.domain_marks().items()}
    with wiring.store.write() as writer:
        if keeping.read_marks(writer).get("form") != keeping.FORM:
            raise NotNow  # it was emptied meanwhile
        marks |= _judge_all_again(wiring, writer, known)
        keeping.write_state(writer, **marks)


def _ready(
    wiring: Wiring,
    workspace: Workspace,
    part: Sequence[str],
    marks: Mapping[str, str],
    told: Mapping[str, "_Told"],
) -> list[keeping.Kept]:
    return [
        keeping.Kept(
            name,
            name.partition(".")[0],
            marks[name],
            told[name].version,
            _places(wiring, workspace, name, told[name]),
        )
        for name in part
    ]


def _changed(
    workspace: Workspace,
    reader: Reader,
    known: Mapping[str, str],
    marks: Mapping[str, str],
    *,
    is_new: bool,
) -> tuple[dict[str, str], set[str]]:
    """Return the products whose files or served version changed, or of which somebody said something, with
    the marks of their files, and those that are no longer there.
    """
    changed, gone = dict[str, str](), set[str]()
    domains = workspace.domain_marks()
    for domain, mark in domains.items():
        if known.get(f"domain {domain}") != mark:
            had = {} if is_new else dict(_owners(reader, "domain = ?", domain))
            has = workspace.product_marks(domain)
            changed |= {name: files for name, files in has.items() if had.get(name) != files}
            gone |= had.keys() - has.keys()
    if is_new:
        return changed, set()
    if known.get("served") != marks["served"]:
        moved = _owners(reader, "domain <> '' AND served IS NOT (SELECT p.served FROM products p"
                        " WHERE p.product = owner)")  # fmt: skip
        changed |= {owner: files for owner, files in moved if owner not in changed}
    if known.get("said") != marks["said"]:
        spoken = _owners(reader, "owner IN (SELECT json_extract(payload, '$.product') FROM facts"
                         " WHERE seq > ? AND kind = 'FieldSaid')", int(known.get("said", 0)))  # fmt: skip
        changed |= {owner: files for owner, files in spoken if owner not in changed}
    had_domains = reader.rows("SELECT DISTINCT domain FROM search_owners WHERE domain <> ''")
    for left in {str(domain) for (domain,) in had_domains} - domains.keys():
        gone |= {owner for owner, _ in _owners(reader, "domain = ?", left)}
    return {name: mark for name, mark in changed.items() if name not in gone}, gone


def _owners(reader: Reader, where: str, *values: Value) -> list[tuple[str, str]]:
    rows = reader.rows(f"SELECT owner, files FROM search_owners WHERE {where}", values)
    return [(str(owner), str(files)) for owner, files in rows]


class _Told(NamedTuple):
    """What facts tell of a product: the served version, its ports' columns, and what people said."""

    version: int | None
    columns: dict[str, list[str]]
    said: dict[Key, Said]


def _told(reader: Reader, product: str) -> _Told:
    said = read_said(reader, product)
    rows = reader.rows(
        "SELECT p.served, vp.port, vp.columns FROM products p LEFT JOIN version_ports vp"
        " ON vp.product = p.product AND vp.version = p.served WHERE p.product = ?",
        (product,),
    )
    if not rows or rows[0][0] is None:
        return _Told(None, {}, said)
    columns = {
        str(port): [name for name, _ in json.loads(str(listed))] for _, port, listed in rows if port
    }
    return _Told(int(str(rows[0][0])), columns, said)


def _places(wiring: Wiring, workspace: Workspace, name: str, told: _Told) -> list[Place]:
    address = Address.parse(name)
    owners = graph_of(wiring).owners(address)
    try:
        product = workspace.product(address)
        said = spoken_of(wiring, product, told.said)
    except MeshwrightError:  # nobody can place what is said of files that cannot be read
        return unread_places(name, owners, told.columns)
    return product_places(product, owners, told.columns, said)


def _put_others(workspace: Workspace, writer: Writer, known: dict[str, str]) -> dict[str, str]:
    """Index terms and domains where they changed; return their marks."""
    terms, domains = workspace.terms.values(), workspace.domains.values()
    told = [[d.name, d.title, d.description, d.team, list(d.owners)] for d in domains]
    marks = {
        TERMS: digest([list(map(str, astuple(term))) for term in terms]),
        DOMAINS: digest(told),
    }
    for owner, places in ((TERMS, term_places(terms)), (DOMAINS, domain_places(domains))):
        if known.get(owner) != marks[owner]:
            keeping.put(writer, owner, "", marks[owner], None, places)
    return marks


def _judge_all_again(wiring: Wiring, writer: Writer, known: dict[str, str]) -> dict[str, str]:
    """Have every product judged anew where what counts for all of them changed; return its mark."""
    mark = f"{has_rules(wiring)} {bool(wiring.mesh.alerting.notifiers)}"
    if known.get("*judged") != mark:
        keeping.look_again(writer)
    return {"*judged": mark}


def _renew_health(wiring: Wiring, most: int | None, rest: Callable[[float], None] | None) -> None:
    """Look at how those ports fare of which a fact tells since, or whose time has come."""
    now = wiring.now()
    with wiring.store.read() as reader:
        known = keeping.read_marks(reader).get("fares", "")
        seq = _newest(reader, _FARES)
        stale = _stale(reader, known, seq, now.timestamp())
    if not stale and known == str(seq):
        return
    if most is not None and len(stale) > most:
        raise NotNow
    for part in _parts(sorted(stale), _PART):
        started = monotonic()
        there = [name for name in part if Address.parse(name) in wiring.workspace.cards]
        looked = check_health(wiring, now, there) if there else ()
        badges = certified(wiring, _by_product(looked)) if looked else frozenset[str]()
        with wiring.store.write() as writer:
            keeping.put_health(writer, part, [_health_row(port, now) for port in looked], badges)
        if rest is not None:
            rest(monotonic() - started)
    with wiring.store.write() as writer:
        keeping.write_state(writer, fares=str(seq))


def _by_product(ports: Sequence[PortHealth]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for port in ports:
        found.setdefault(str(port.product), []).append(port.status)
    return {product: worst_status(each) for product, each in found.items()}


def _stale(reader: Reader, known: str, seq: int, now: float) -> set[str]:
    rows = reader.rows("SELECT product FROM search_health WHERE due < ?", (now,))
    stale = {str(product) for (product,) in rows}
    if known and known != str(seq):
        kinds = ", ".join("?" * len(_FARES))
        told = reader.rows(
            "SELECT DISTINCT json_extract(payload, '$.product') FROM facts"
            f" WHERE seq > ? AND kind IN ({kinds})",
            (int(known), *_FARES),
        )
        stale |= {str(product) for (product,) in told if product}
    return stale


def _health_row(port: PortHealth, now: datetime) -> tuple[str, str, str, str, float | None]:
    due = port.due if port.due is not None and port.due > now.timestamp() else None
    return str(port.address), str(port.product), port.status, freshness_of(port, now), due


def _newest(reader: Reader, kinds: Sequence[str]) -> int:
    """Return the newest fact of some kinds: one seek in the index for each."""
    each = ", ".join(
        f"(SELECT coalesce(max(seq), 0) FROM facts WHERE kind = '{kind}')" for kind in kinds
    )
    return int(str(reader.rows(f"SELECT max({each})")[0][0]))


def _parts(names: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), size):
        yield names[start : start + size]
