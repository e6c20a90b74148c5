"""A query pool runs what people ask, each in a locked process of its own, over views of what they may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from meshwright.errors import MeshwrightError
from meshwright.model.access import Mask
from meshwright.model.table import Column
from meshwright.spi.engine import ArrowStream
from meshwright.spi.stop import Stop


@dataclass(frozen=True, slots=True)
class View:
    """What one principal sees of one port at one version. `name` is how the query writes it, lower case.

    `files` are exact; `filters` are SQL conditions over original values, all of which must hold; `keys` is
    mask kind -> secret key of the keyed masks. `masked_files`, where they are made, hold the same rows with
    the keyed masks computed already, for `masked_columns`.
    """

    name: str
    files: tuple[Path, ...]
    columns: tuple[Column, ...]
    masks: Mapping[str, Mask] = field(default_factory=dict)
    filters: tuple[str, ...] = ()
    minimum_group: int = 0
    keys: Mapping[str, bytes] = field(default_factory=dict)
    masked_files: tuple[Path, ...] = ()
    masked_columns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may take. `rows` 0: as many as there are; `memory` is bytes."""

    rows: int = 0
    seconds: float = 60.0
    memory: int = 2 * 1024**3
    threads: int = 2


UNLIMITED = Limits(
    seconds=86_400.0, memory=1 << 62, threads=64
)  # a door that asks for nothing less


@dataclass(frozen=True, slots=True)
class Gated:
    """A text that passed the gate: the tables it names, lower case, as `domain.product.port[@version]`.

    `columns` are the names of columns that stand in it, lower case; None where it holds a `*` or the like.
    `parameters` is how many values it wants.
    """

    sql: str
    tables: frozenset[str]
    columns: frozenset[str] | None = None
    parameters: int = 0


class Running(ArrowStream, Protocol):
    """A query whose first rows are there. Close it, whether or not it was read to its end."""

    columns: tuple[Column, ...]

    @property
    def rows(self) -> int | None:
        """Return how many rows there are, once that is known."""

    @property
    def failure(self) -> MeshwrightError | None:
        """Return what went wrong while rows were read: an Arrow stream itself can say it as text only."""

    def cancel(self) -> None:
        """Stop it, from any thread; whoever reads gets `ExhaustedError` (`query-interrupted`)."""

    def close(self) -> None:
        """Give the process back, or end it where it still computes."""


class QueryPool(Protocol):
    """Runs queries of one mesh. Every method may be called from several threads at once."""

    def gate(self, sql: str) -> Gated:
        """Judge a text by the executor's own parser; raise `ModelError` for all but one harmless SELECT."""

    def functions(self) -> tuple[str, ...]:
        """Return the names of the functions that a query may call, sorted; operators are none."""

    def check_filter(self, condition: str, columns: Sequence[Column]) -> None:
        """Raise `ModelError` where a row filter is not one condition over these columns."""

    def describe(self, who: str, gated: Gated, views: Sequence[View]) -> tuple[Column, ...]:
        """Return the columns that a query would give."""

    def run(
        self,
        who: str,
        gated: Gated,
        views: Sequence[View],
        limits: Limits,
        parameters: Sequence[object] = (),
        stop: Stop | None = None,
    ) -> Running:
        """Run a query in a process that serves `who` alone; return when its first rows are there.

        `stop` ends it before that.

        Raises `ModelError` for what is wrong with the text, `ExhaustedError` for a limit (`query-timeout`,
        `query-memory`, `query-rows`, `queries-too-many` when `who` runs as many at once as is allowed).
        """

    def make_masked(self, view: View, folder: Path) -> tuple[Path, ...]:
        """Write the view's rows, its keyed masks computed, to files of the same order in a folder."""

    def close(self) -> None:
        """End every process."""
