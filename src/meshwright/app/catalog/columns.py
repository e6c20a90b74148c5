"""The columns of a port as somebody sees them: meaning, classification, mask, and what their values are like.

What must stay true: a profile lies in erasable files and holds values, so it is shown only to who may read
these values; of a classified column there is none, whatever a file holds.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from meshwright.app.catalog.product_page import Subject
from meshwright.app.catalog.sight import PortSight
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.model.classification import is_personal
from meshwright.model.contract import ContractColumn
from meshwright.observe.watched.history import PortHistory, Recorded, SeriesName
from meshwright.publish.places import find_storage
from meshwright.spi.state_store import Reader

_LOOKED_AT = 20  # versions: a port that was reused has its profile beside an earlier build
_POINTS = 30
_METRICS = ("null_share", "mean", "distinct")
_TOP = 5


@dataclass(frozen=True, slots=True)
class Profile:
    """What the values of a column are like. `histogram` is (from, to, rows), `top` (value, rows)."""

    rows: int
    nulls: int
    distinct: int | None
    is_exact: bool
    minimum: object = None
    maximum: object = None
    mean: float | None = None
    histogram: tuple[tuple[float, float, float], ...] = ()
    top: tuple[tuple[str, int], ...] = ()

    @property
    def null_share(self) -> float:
        """Return the share of rows without a value."""
        return self.nulls / self.rows if self.rows else 0.0


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One column. `type` is the served one, `promised` what the contract says; `mask`: '' for as it is.

    `trend` is the column's newest measurements (of `trend_of`), oldest first.
    """

    name: str
    type: str
    promised: ContractColumn | None
    mask: str = ""
    is_classified: bool = False
    is_personal: bool = False
    profile: Profile | None = None
    trend_of: str = ""
    trend: tuple[float | None, ...] = ()

    @property
    def description(self) -> str:
        """Return what the contract says of it."""
        return self.promised.description if self.promised else ""

    @property
    def terms(self) -> tuple[str, ...]:
        """Return the business terms that it carries."""
        return self.promised.terms if self.promised else ()


def columns_of(
    wiring: Wiring, subject: Subject, sight: PortSight | None, *, with_profiles: bool = True
) -> tuple[ColumnLine, ...]:
    """Return the columns of the port that is looked at, in their order."""
    page = subject.port_page
    if page is None:
        return ()
    promised = {column.name.lower(): column for column in page.columns}
    served = page.served.columns if page.served else ()
    types = served or tuple((c.name, c.physical_type or c.logical_type) for c in page.columns)
    profiles: Mapping[str, Profile] = {}
    trends: Mapping[str, tuple[str, tuple[float | None, ...]]] = {}
    if with_profiles and page.served and sight is not None:
        address = Address.parse(subject.port_address)
        with wiring.store.read() as reader:
            profiles = _profiles(wiring, reader, address, page.served.version)
            trends = _trends(PortHistory(reader, address).all(metrics=_METRICS))
    return tuple(
        _line(name, kind, promised.get(name.lower()), sight, profiles, trends)
        for name, kind in types
    )


def _line(
    name: str,
    kind: str,
    promised: ContractColumn | None,
    sight: PortSight | None,
    profiles: Mapping[str, Profile],
    trends: Mapping[str, tuple[str, tuple[float | None, ...]]],
) -> ColumnLine:
    is_classified = bool(promised and promised.is_classified) or bool(
        sight and name in sight.classified
    )
    shows = sight is not None and sight.shows_values(name) and not is_classified
    trend_of, trend = trends.get(name, ("", ())) if not is_classified else ("", ())
    return ColumnLine(
        name,
        kind,
        promised,
        sight.masks.get(name, "") if sight else "",
        is_classified,
        bool(promised and is_personal(promised.classification, promised.tags)),
        profiles.get(name) if shows else None,
        trend_of,
        trend,
    )


def _profiles(wiring: Wiring, reader: Reader, port: Address, version: int) -> Mapping[str, Profile]:
    """Return the profile of each column as the newest audit of what is served left it."""
    domain = wiring.workspace.domains.get(port.domain)
    if domain is None:
        return {}
    product = port.product_address
    storage = find_storage(reader, wiring.mesh.data, domain.storage, product)
    builds = reader.rows(
        "SELECT build FROM versions WHERE product = ? AND version <= ? ORDER BY version DESC LIMIT ?",
        (str(product), version, _LOOKED_AT),
    )
    for (build,) in builds:
        side = storage.build(str(build)) / f"{port.port}.audit.json"
        try:
            said = json.loads(side.read_text(encoding="utf-8"))
            return {str(one["column"]): _profile(one) for one in said["columns"]}
        except (OSError, ValueError, TypeError, LookupError):
            continue
    return {}


def _profile(said: Mapping[str, Any]) -> Profile:
    return Profile(
        int(said.get("rows") or 0),
        int(said.get("nulls") or 0),
        said.get("distinct"),
        bool(said.get("is_distinct_exact")),
        said.get("minimum"),
        said.get("maximum"),
        said.get("mean"),
        tuple((one[0], one[1], one[2]) for one in said.get("histogram") or ()),
        tuple((str(value), int(rows)) for value, rows in (said.get("top") or ())[:_TOP]),
    )


def _trends(
    recorded: Mapping[SeriesName, Recorded],
) -> Mapping[str, tuple[str, tuple[float | None, ...]]]:
    """Return the measurement of each column that tells most: one that moved, the mean before others."""
    found: dict[str, tuple[str, tuple[float | None, ...]]] = {}
    for metric in ("mean", "null_share", "distinct"):
        for name, one in recorded.items():
            values = one.values[-_POINTS:]
            if name.metric != metric or name.segment or not name.column or len(values) < 2:
                continue
            if name.column not in found or (not _moves(found[name.column][1]) and _moves(values)):
                found[name.column] = (metric, tuple(values))
    return found


def _moves(values: Sequence[float | None]) -> bool:
    return len({value for value in values if value is not None}) > 1
