"""Tables of metadata as Parquet files: one base of all domains, and newer files of domains that changed.

What must stay true: a domain's rows are in its newest files alone; a file is never changed once it is
there, since another process may read it; what is written follows what changed. When many domains have newer
files, all are brought together into a new base.
"""

import hashlib
import json
import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meshwright.govern.rules.describing import Row, Rows
from meshwright.govern.rules.tables import DAY, FLAG, MOMENT, NUMBER, REAL, TEXT, TEXTS, Table

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_NEWER = 12  # domains with files of their own
_OLD = 3_600.0  # seconds after which a file that nothing names is removed
_ROW_GROUP = 20_000


@dataclass(slots=True)
class Family:
    """Tables that change together. `newer`: domain -> table -> file, which hides the domain in the base.

    `marks` are what tells that a domain's rows must be made again, `digests` what the rows are.
    """

    name: str
    tables: Mapping[str, Table]
    folder: Path
    marks: dict[str, str] = field(default_factory=dict)
    digests: dict[str, dict[str, str]] = field(default_factory=dict)
    base: dict[str, str] = field(default_factory=dict)
    newer: dict[str, dict[str, str]] = field(default_factory=dict)
    has_base: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return what the cache keeps."""
        kept = ("marks", "digests", "base", "newer", "has_base")
        return {name: getattr(self, name) for name in kept}

    def load(self, value: Mapping[str, Any]) -> bool:
        """Take what the cache kept; return False, and nothing, where files of it are gone."""
        names = [
            *value["base"].values(),
            *(f for each in value["newer"].values() for f in each.values()),
        ]
        if not all((self.folder / name).is_file() for name in names):
            return False
        for name, kept in value.items():
            setattr(self, name, kept)
        return True

    def update(self, changed: Mapping[str, tuple[str, Rows]], gone: Collection[str] = ()) -> None:
        """Take new rows of domains, each with its mark, and forget domains that are gone."""
        differing: dict[str, Rows] = {}
        for domain, (mark, rows) in changed.items():
            digests = {name: fingerprint(listed) for name, listed in rows.items() if listed}
            if digests != self.digests.get(domain, {}):
                differing[domain] = rows
            self.digests[domain], self.marks[domain] = digests, mark
        for domain in gone:
            self.marks.pop(domain, None)
            if self.digests.pop(domain, None):
                differing[domain] = {}
        if not differing:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.has_base or len(self.newer.keys() | differing.keys()) > _MOST_NEWER:
            self._write_base(differing)
        else:
            for domain, rows in differing.items():
                self.newer[domain] = dict(self._write_domain(domain, rows))

    def files(self, table: str) -> tuple[Path | None, list[Path]]:
        """Return the base of a table, and the newer files of domains."""
        base = self.base.get(table)
        newer = [self.folder / files[table] for files in self.newer.values() if table in files]
        return self.folder / base if base else None, newer

    def digest_of(self, table: str) -> str:
        """Return a digest of the rows of a table in all domains."""
        said = ((domain, digests.get(table)) for domain, digests in self.digests.items())
        return fingerprint(sorted(row for row in said if row[1]))

    def _write_domain(self, domain: str, rows: Rows) -> Iterator[tuple[str, str]]:
        for name, listed in rows.items():
            if listed:
                file = f"{self.name}.{name}.{domain}.{self.digests[domain][name]}.parquet"
                _write(self.folder / file, arrow_table(self.tables[name], listed))
                yield name, file

    def _write_base(self, differing: Mapping[str, Rows]) -> None:
        hidden = self.newer.keys() | differing.keys()
        base: dict[str, str] = {}
        for name, table in self.tables.items():
            parts = list(self._parts(name, hidden, differing))
            listed = [
                row for domain in sorted(differing) for row in differing[domain].get(name, ())
            ]
            if listed:
                parts.append(arrow_table(table, listed))
            if sum(part.num_rows for part in parts):
                base[name] = f"{self.name}.{name}.{self.digest_of(name)}.parquet"
                _write(self.folder / base[name], _joined(parts))
        self.base, self.newer, self.has_base = base, {}, True

    def _parts(
        self, name: str, hidden: Collection[str], differing: Collection[str]
    ) -> "Iterator[pa.Table]":
        import pyarrow.compute as pc
        from pyarrow.parquet import read_table

        if name in self.base:
            whole = read_table(self.folder / self.base[name])
            yield whole.filter(pc.invert(pc.is_in(whole["domain"], _texts(hidden))))
        for domain, files in self.newer.items():
            if name in files and domain not in differing:
                yield read_table(self.folder / files[name])


def sweep(folder: Path, families: Iterable[Family]) -> None:
    """Remove files that nothing names, unless another process may still read them."""
    named = {
        name
        for family in families
        for name in (*family.base.values(), *(f for e in family.newer.values() for f in e.values()))
    }
    oldest = time.time() - _OLD
    for entry in os.scandir(folder) if folder.is_dir() else ():
        if entry.name not in named and entry.stat().st_mtime < oldest:
            Path(entry.path).unlink(missing_ok=True)


def fingerprint(value: object) -> str:
    """Return a digest of rows, or of whatever else JSON can hold."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def form_of(tables: Iterable[Table]) -> str:
    """Return a text that changes when the definition of a table does."""
    return fingerprint(repr(list(tables)))


def arrow_table(table: Table, rows: Sequence[Row]) -> "pa.Table":
    """Return rows as an Arrow table of the types that the definition says."""
    import pyarrow as pa

    types = {
        TEXT: pa.string(), NUMBER: pa.int64(), REAL: pa.float64(), FLAG: pa.bool_(),
        DAY: pa.date32(), MOMENT: pa.timestamp("us"), TEXTS: pa.list_(pa.string()),
    }  # fmt: skip
    columns = list(zip(*rows, strict=True))
    arrays = [
        pa.array(values, types[column.type])
        for values, column in zip(columns, table.columns, strict=True)
    ]
    return pa.table(arrays, names=list(table.names))


def _joined(parts: "Sequence[pa.Table]") -> "pa.Table":
    import pyarrow as pa

    return pa.concat_tables(parts).sort_by("domain")


def _texts(values: Iterable[str]) -> "pa.Array":
    import pyarrow as pa

    return pa.array(sorted(values), pa.string())


def _write(path: Path, table: "pa.Table") -> None:
    """Write a file whole or not at all; one that is there already holds the same."""
    from pyarrow.parquet import write_table

    if path.exists():
        os.utime(path)
        return
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    write_table(table, staged, row_group_size=_ROW_GROUP)
    staged.replace(path)
