"""The source `files`: what `spi.source.Source` says, on local files."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from meshwright.adapters.files.listing import digest_of, list_items, path_of, watched_paths
from meshwright.adapters.files.options import parse_options
from meshwright.model.product import SourceSpec
from meshwright.model.table import Column
from meshwright.spi.source import Reading, SourceItem

if TYPE_CHECKING:
    from meshwright.adapters.files.headers import Layout


class FileSource:
    """Files named by paths and patterns. Opening checks the options and touches no file."""

    def __init__(self, spec: SourceSpec) -> None:
        self._spec = spec
        self._options = parse_options(spec)
        self._known: tuple[frozenset[SourceItem], tuple[Column, ...]] | None = None
        self._layouts: dict[Path, Layout | None] = {}

    def watched(self) -> tuple[str, ...]:
        """Return the files that are there now, and the folders in which others could appear."""
        return watched_paths(self._spec)

    def items(self) -> tuple[SourceItem, ...]:
        """List the files that are there now."""
        return list_items(self._spec)

    def digest(self, item: SourceItem) -> str:
        """Return a digest of a file's bytes."""
        return digest_of(path_of(self._spec, item))

    def columns(self, items: Sequence[SourceItem]) -> tuple[Column, ...]:
        """Return the columns over all these files: declared types, else inferred from every value."""
        from meshwright.adapters.files.formats import columns_of

        self._layouts.clear()
        declared = self._spec.columns
        found = columns_of(self._files(items), self._options, declared, self._layouts)
        self._known = (frozenset(items), found)
        return found

    def read(self, items: Sequence[SourceItem], columns: Sequence[Column]) -> Reading:
        """Read these files as these columns."""
        from meshwright.adapters.files.formats import read_as

        is_known = self._known == (frozenset(items), tuple(columns))
        if not is_known:
            self._layouts.clear()
        return read_as(
            self._files(items),
            self._options,
            columns,
            self._spec.columns,
            self._layouts,
            is_known=is_known,
        )

    def _files(self, items: Sequence[SourceItem]) -> list[tuple[str, Path]]:
        return [(item.name, path_of(self._spec, item)) for item in items]
