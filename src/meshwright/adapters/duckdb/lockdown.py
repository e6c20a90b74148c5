"""Open a DuckDB that can touch what a reach names and nothing else.

What must stay true: no statement from outside runs before the configuration is locked; the files to read
are exact paths; nothing is loaded from the network, the home folder or the caller's variables.
"""

import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import duckdb

from meshwright.adapters.duckdb.faults import translated
from meshwright.adapters.duckdb.naming import glob_free, text
from meshwright.spi.engine import Reach

CLOSED = {
    "autoload_known_extensions": False,
    "autoinstall_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
    "python_scan_all_frames": False,
}


class Lockdown:
    """A locked connection, and the folder in which it may spill (inside the first write folder)."""

    def __init__(self, reach: Reach) -> None:
        self.spill = _spill_folder(reach)
        config: dict[str, str | bool | int | float | list[str]] = dict(CLOSED)
        if reach.threads:
            config["threads"] = reach.threads
        if reach.memory:
            config["memory_limit"] = f"{reach.memory}B"
        if reach.seconds:
            config["max_execution_time"] = max(1, int(reach.seconds * 1000))
        with translated():
            self.connection = duckdb.connect(":memory:", config=config)
            be_quiet(self.connection)
            self.connection.execute(_locking(reach, self.spill))

    def close(self) -> None:
        """Close the connection and remove what was spilled."""
        self.connection.close()
        if self.spill is not None:
            shutil.rmtree(self.spill, ignore_errors=True)


def be_quiet(connection: duckdb.DuckDBPyConnection) -> None:
    """Draw no progress bar. In a notebook without ipywidgets there is none, and to say so is an error."""
    with suppress(duckdb.InvalidInputException):
        connection.execute("SET enable_progress_bar = false")


def _spill_folder(reach: Reach) -> Path | None:
    return reach.write[0] / f".spill-{uuid4().hex}" if reach.write else None


def _forms(paths: Iterable[Path]) -> str:
    """List paths as they are and as patterns that mean them: DuckDB asks for what a statement says."""
    forms = dict.fromkeys(form for path in paths for form in (str(path), glob_free(path)))
    return ", ".join(text(form) for form in forms)


def _locking(reach: Reach, spill: Path | None) -> str:
    folders, files = _forms(reach.write), _forms(reach.read)
    return (
        f"SET GLOBAL TimeZone = {text(reach.timezone)};"
        "SET GLOBAL parquet_metadata_cache = true;"  # many queries read the same files
        "SET GLOBAL parquet_can_have_nan = true;"  # most writers leave NaN out of the limits they write
        f"SET temp_directory = {text(str(spill) if spill else '')};"
        f"SET allowed_directories = [{folders}];"
        f"SET allowed_paths = [{files}];"
        "SET enable_external_access = false;"
        "SET lock_configuration = true"
    )
