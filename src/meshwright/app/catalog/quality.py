"""How good a port is and was: its newest audit, its builds, its measurements over time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meshwright.app.catalog.product_page import Subject
from meshwright.app.history import HistoryLine, history
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.model.contract import ContractObject, QualityRule
from meshwright.observe.watched.history import PortHistory
from meshwright.spi.state_store import Reader

BUILDS, POINTS = 40, 60
_METRICS = ("rows", "bytes", "interval_rows", "fresh_rows", "data_age")
_ORDER = {"failed": 0, "error": 0, "warning": 1, "waived": 2, "not_enforced": 3, "skipped": 4}


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check of an audit. `about` is its rule's description, where the contract has one."""

    id: str
    column: str
    severity: str
    status: str
    failed: int | None
    total: int | None
    value: float | None
    expectation: str
    reason: str
    name: str = ""
    about: str = ""
    dimension: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """A series of a port: `values` oldest first."""

    metric: str
    values: tuple[float | None, ...]
    last_at: str

    @property
    def last(self) -> float | None:
        """Return the newest value."""
        return self.values[-1] if self.values else None


@dataclass(frozen=True, slots=True)
class Quality:
    """All of a port's quality. `audited`: how the audited build ended; `builds` newest first."""

    audited: str
    checks: tuple[CheckLine, ...]
    builds: tuple[HistoryLine, ...]
    measured: tuple[Measured, ...]

    def counted(self, status: str) -> int:
        """Return how many checks ended so."""
        return sum(one.status == status for one in self.checks)


def quality_of(wiring: Wiring, subject: Subject) -> Quality:
    """Return how good the port is that is looked at."""
    described = subject.contract.object_for(subject.port) if subject.contract else None
    product = str(subject.address)
    with wiring.store.read() as reader:
        known = bool(reader.rows("SELECT 1 FROM products WHERE product = ?", (product,)))
        return Quality(
            subject.port_page.audited if subject.port_page else "",
            _checks(reader, product, subject.port, _rules(described)),
            history(reader, subject.address, BUILDS) if known else (),
            _measured(reader, Address.parse(subject.port_address)) if subject.port else (),
        )


def _checks(
    reader: Reader, product: str, port: str, rules: Mapping[str, QualityRule]
) -> tuple[CheckLine, ...]:
    rows = reader.rows(
        "SELECT check_id, column_name, severity, status, failed_rows, total_rows, value, expectation,"
        " reason FROM checks WHERE product = ? AND port = ? AND build ="
        " (SELECT max(build) FROM checks WHERE product = ? AND port = ?) ORDER BY check_id",
        (product, port, product, port),
    )
    lines = [_check(row, rules) for row in rows]
    return tuple(sorted(lines, key=lambda one: (_ORDER.get(one.status, 9), one.column, one.id)))


def _check(row: Sequence[object], rules: Mapping[str, QualityRule]) -> CheckLine:
    name, column, severity, status, failed, total, value, expectation, reason = row
    rule = rules.get(str(name)) or rules.get(str(name).rpartition(".")[2])
    return CheckLine(
        str(name),
        str(column),
        str(severity),
        str(status),
        None if failed is None else int(str(failed)),
        None if total is None else int(str(total)),
        None if value is None else float(str(value)),
        str(expectation),
        str(reason),
        rule.name if rule else "",
        rule.description if rule else "",
        rule.dimension if rule else "",
    )


def _rules(described: ContractObject | None) -> Mapping[str, QualityRule]:
    if described is None:
        return {}
    found = {rule.key: rule for rule in described.quality}
    for column in described.columns:
        found |= {f"{column.name}.{rule.key}": rule for rule in column.quality}
    return found


def _measured(reader: Reader, port: Address) -> tuple[Measured, ...]:
    recorded = PortHistory(reader, port).all(metrics=_METRICS)
    found = [
        Measured(name.metric, tuple(one.values[-POINTS:]), one.times[-1])
        for name, one in recorded.items()
        if not name.column and not name.segment and one.values
    ]
    return tuple(sorted(found, key=lambda one: _METRICS.index(one.metric)))
