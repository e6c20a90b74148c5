"""A build's file statistics with their literal bounds, kept beside its other erasable files.

Losing them loses no fact: a table's log then says less about the files, never anything wrong.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from meshwright.model.table import ColumnStatistics, DataFile
from meshwright.publish.candidate import Candidate
from meshwright.publish.contracts import hidden_columns
from meshwright.publish.places import build_of, folder_of


def keep_statistics(data: Path, candidate: Candidate) -> None:
    """Write what a build's new files are known to hold, except of hidden columns."""
    documents = {contract.port: contract.document for contract in candidate.contracts}
    made: set[Path] = set()
    for name, port in candidate.ports.items():
        if port.added and name in documents:
            hidden = hidden_columns(documents[name], name)
            builds = folder_of(data, port.location).parent / ".builds"
            side = _side_file(builds, candidate.build, name)
            if side.parent not in made:
                side.parent.mkdir(parents=True, exist_ok=True)
                made.add(side.parent)
            said = {file.path: _said(file, hidden) for file in port.added}
            side.write_text(json.dumps(said), encoding="utf-8")


def _side_file(builds: Path, build: str, port: str) -> Path:
    return builds / build / "statistics" / f"{port}.json"


def _said(file: DataFile, hidden: frozenset[str]) -> dict[str, dict[str, object]]:
    return {name: asdict(known) for name, known in file.statistics.items() if name not in hidden}


class KeptStatistics(Mapping[str, ColumnStatistics]):
    """The statistics of one file, read from the side file of its build when first asked for."""

    def __init__(
        self, builds: Path, port: str, path: str, known: Mapping[str, ColumnStatistics]
    ) -> None:
        self._builds = builds
        self._port = port
        self._path = path
        self._known = known
        self._read: Mapping[str, ColumnStatistics] | None = None

    def __getitem__(self, column: str) -> ColumnStatistics:
        return self._all()[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> Mapping[str, ColumnStatistics]:
        if self._read is None:
            self._read = {**self._known, **self._load()}
        return self._read

    def _load(self) -> dict[str, ColumnStatistics]:
        side = _side_file(self._builds, build_of(self._path), self._port)
        try:
            said = json.loads(side.read_text(encoding="utf-8"))[self._path]
            return {name: ColumnStatistics(**values) for name, values in said.items()}
        except (OSError, ValueError, KeyError, TypeError):
            return {}
