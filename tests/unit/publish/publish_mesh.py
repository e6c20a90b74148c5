"""A real mesh in small: SQLite state, ledger, Delta tables, and builds that stage real Parquet files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deltalake import DeltaTable

from meshwright.adapters.delta import DeltaTableStore
from meshwright.adapters.sqlite import SQLiteStateStore
from meshwright.ledger.ledger import Ledger
from meshwright.model.address import Address
from meshwright.model.facts import BuildStarted, ContractPublished, PortAudited
from meshwright.model.version import InputStamp, PortVersion
from meshwright.publish.accepting import Acceptance, Word, accept
from meshwright.publish.candidate import Candidate
from meshwright.publish.following import Followed, follow
from meshwright.publish.places import Storage, find_storage, new_build_id
from meshwright.publish.publishing import Tell, nobody, publish, reject
from meshwright.publish.reading import latest_version, served_version
from meshwright.spi.state_store import Reader
from meshwright.testing.table_store import columns_of, write_file

OWNER = "maria@example.com"
FLIGHTS = Address("operations", "flights")


@dataclass
class SmallMesh:
    """What a test needs to build, publish and look."""

    root: Path
    store: SQLiteStateStore
    clock: list[datetime] = field(default_factory=lambda: [datetime(2026, 1, 1, tzinfo=UTC)])
    tables: DeltaTableStore = field(default_factory=DeltaTableStore)

    def __post_init__(self) -> None:
        self.data = self.root / "data"
        self.ledger = Ledger(self.store, OWNER, now=self.now)

    def now(self) -> datetime:
        """Return a time that grows with every look."""
        self.clock[0] += timedelta(seconds=1)
        return self.clock[0]

    def pass_days(self, days: int) -> None:
        """Let time pass."""
        self.clock[0] += timedelta(days=days)

    def storage(self, product: Address = FLIGHTS) -> Storage:
        """Return where a product lies."""
        with self.store.read() as reader:
            return self.find_storage(reader, product)

    def find_storage(self, reader: Reader, product: Address) -> Storage:
        """Return where a product lies, within a snapshot."""
        return find_storage(reader, self.data, self.data / product.domain, product)

    def stage(
        self,
        ports: Mapping[str, str],
        product: Address = FLIGHTS,
        *,
        keep: bool = False,
        inputs: tuple[InputStamp, ...] = (),
        hidden: tuple[str, ...] = (),
        tag: str = "",
    ) -> Candidate:
        """Begin a build and stage the rows of each port; `keep` adds to the served files."""
        build = new_build_id(self.now())
        self.ledger.record([BuildStarted(build, str(product), "code")])
        with self.store.read() as reader:
            served, latest = served_version(reader, product), latest_version(reader, product)
            versions = {
                port: self._stage_port(reader, product, build, port, sql, served if keep else None)
                for port, sql in ports.items()
            }
        return Candidate(
            product=product,
            build=build,
            semver="1.0.0",
            code=f"code-{build}",
            ports=versions,
            inputs=inputs,
            base=served if keep else None,
            served=served,
            latest=latest,
            title="Flights",
            owners=(OWNER,),
            contracts=[contract(product, port, hidden, tag) for port in ports],
            audits=[PortAudited(build, str(product), port, 1, False, [], []) for port in ports],
        )

    def _stage_port(
        self, reader: Reader, product: Address, build: str, port: str, sql: str, base: int | None
    ) -> PortVersion:
        storage = self.find_storage(reader, product)
        file = write_file(storage.port(port), storage.staged(port, build).name, sql)
        return PortVersion(
            port=port,
            location=storage.location(port),
            data_version=0,
            contract=f"digest-{port}",
            contract_version="1.0.0",
            code="code",
            columns=columns_of(sql),
            rows=file.rows,
            bytes=file.bytes,
            added=(file,),
        )

    def publish(self, candidate: Candidate, tell: Tell = nobody) -> int:
        """Publish a candidate."""
        return publish(self.store, self.ledger.append, self.data, candidate, tell)

    def build(self, *values: int, product: Address = FLIGHTS, **more: object) -> int:
        """Publish a version whose port `departures` has the column n with these values."""
        return self.publish(self.stage({"departures": rows(*values)}, product, **more))  # type: ignore[arg-type]

    def reject(self, candidate: Candidate, *checks: str, tell: Tell = nobody) -> None:
        """Reject a candidate."""
        failed = checks or ("departures:n.required",)
        reject(self.store, self.ledger.append, self.data, candidate, failed, tell)

    def accept(self, product: Address = FLIGHTS, **word: object) -> Acceptance:
        """Accept the last rejected build."""
        said = {"actor": OWNER, "reason": "known", "today": self.clock[0].date(), **word}
        return accept(self.store, self.ledger.append, self.data, product, Word(**said))  # type: ignore[arg-type]

    def follow(self) -> Followed:
        """Bring all tables up to date."""
        return follow(self.store, self.tables, self.data)

    def outside(self, port: str = "departures", product: Address = FLIGHTS) -> list[int]:
        """Return the column n as a Delta reader sees it."""
        table = DeltaTable(str(self.storage(product).port(port)))
        return sorted(row["n"] for row in table.to_pyarrow_table().to_pylist())

    def count(self, sql: str) -> int:
        """Return the number that a query of the state gives."""
        with self.store.read() as reader:
            return int(str(reader.rows(sql)[0][0]))

    def kinds(self) -> list[str]:
        """Return the kinds of all facts, in order."""
        return [entry.kind for entry in self.ledger.entries()]


def rows(*values: int) -> str:
    """Return a SELECT of the column n with these values."""
    if not values:
        return "select 1 as n where false"
    return "select n from (values " + ", ".join(f"({v})" for v in values) + ") t(n)"


def contract(
    product: Address, port: str, hidden: tuple[str, ...] = (), tag: str = ""
) -> ContractPublished:
    """Return a small contract; `hidden` columns are confidential."""
    properties = [{"name": name, "classification": "confidential"} for name in hidden]
    document = {
        "description": {"purpose": f"About {port}{tag}"},
        "schema": [{"name": port, "properties": [{"name": "n"}, *properties]}],
    }
    return ContractPublished(str(product), port, f"id-{port}", "1.0.0", f"digest-{port}", document)
