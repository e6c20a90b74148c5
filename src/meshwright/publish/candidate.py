"""What a build wants to publish, and the fact that it becomes.

No literal value of the data enters the ledger: of the statistics of a file only the null counts do. The
bounds stay in an erasable side file of the build (see `statistics`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meshwright.model.address import Address
from meshwright.model.facts import (
    AnomalyFound,
    ContractPublished,
    Json,
    LineageTraced,
    PortAudited,
    VersionPublished,
)
from meshwright.model.lineage import ProductLineage
from meshwright.model.table import DataFile
from meshwright.model.version import InputStamp, PortVersion
from meshwright.publish.lineage import lineage_fact


@dataclass(frozen=True, slots=True)
class Candidate:
    """A build's result. `served` and `latest` are what its product had when it began (None and 0: nothing).

    `base` is the version that the ports' `added` and `removed` are relative to (None: just added). A port's
    `data_version` of 0 means the version that this becomes. `contracts` are those of all ports (known ones
    are recorded once), `audits` those of the ports that were judged, `anomalies` what watching them found,
    `lineage` what the columns are made of (None: it was not traced, and what held before holds on).
    """

    product: Address
    build: str
    semver: str
    code: str
    ports: Mapping[str, PortVersion]
    inputs: tuple[InputStamp, ...] = ()
    base: int | None = None
    served: int | None = None
    latest: int = 0
    as_of: str = ""
    title: str = ""
    owners: tuple[str, ...] = ()
    contracts: Sequence[ContractPublished] = ()
    audits: Sequence[PortAudited] = ()
    anomalies: Sequence[AnomalyFound] = ()
    lineage: ProductLineage | None = None
    waiver: str = ""
    seconds: float = 0.0

    @property
    def number(self) -> int:
        """Return the version that this becomes."""
        return self.latest + 1

    def traced(self) -> LineageTraced | None:
        """Return the fact of what this is made of."""
        if self.lineage is None:
            return None
        return lineage_fact(self.build, self.number, self.lineage)

    def version(self) -> VersionPublished:
        """Return the fact that publishes this."""
        return VersionPublished(
            build=self.build,
            product=str(self.product),
            version=self.number,
            semver=self.semver,
            code=self.code,
            ports={name: _port(port, self.number) for name, port in self.ports.items()},
            inputs=[_input(stamp) for stamp in self.inputs],
            base=self.base,
            as_of=self.as_of,
            title=self.title,
            owners=list(self.owners),
            waiver=self.waiver,
            seconds=self.seconds,
        )


def _port(port: PortVersion, number: int) -> Mapping[str, Json]:
    return {
        "location": port.location,
        "data_version": port.data_version or number,
        "contract": port.contract,
        "contract_version": port.contract_version,
        "code": port.code,
        "columns": [[column.name, column.type] for column in port.columns],
        "rows": port.rows,
        "bytes": port.bytes,
        "added": [_file(file) for file in port.added],
        "removed": list(port.removed),
        "quarantined": port.quarantined,
        "done": [list(span) for span in port.done],
    }


def _file(file: DataFile) -> Mapping[str, Json]:
    nulls = {name: {"nulls": known.nulls} for name, known in file.statistics.items()}
    return {
        "path": file.path,
        "rows": file.rows,
        "bytes": file.bytes,
        "interval": file.interval,
        "statistics": {name: said for name, said in nulls.items() if said["nulls"] is not None},
    }


def _input(stamp: InputStamp) -> Mapping[str, Json]:
    return {
        "input": stamp.input,
        "address": stamp.address,
        "stamp": stamp.stamp,
        "version": stamp.version,
    }
