"""Look at the source of a draft: read it once, and keep what it shows as the contract to begin with."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from meshwright.app.acting import ActingWiring
from meshwright.app.creating import drafts
from meshwright.app.creating.draft import UPLOAD, Choice, Draft, DraftSource
from meshwright.app.new import as_name, infer_source
from meshwright.app.wiring import CACHE_FOLDER, Wiring
from meshwright.errors import DataError, DeniedError, MeshwrightError, UsageError
from meshwright.model.principal import TEAM
from meshwright.model.product import SourceSpec

_PATTERN = set("*?[")


def look_at(wiring: Wiring, draft: Draft) -> Draft:
    """Read the source and return the draft with its columns and with names suggested from the file.

    Raises `DataError` (`source-unreadable`) that says what is wrong with the file, and `UsageError`
    (`table-missing`).
    """
    source = draft.source
    if source.is_database and not source.table:
        raise UsageError("table-missing", f"which table of `{source.file}`?", hint="name the table")
    path = path_of(wiring, draft)
    if source.is_database and source.kind == UPLOAD:
        _require_table(path, source.table)
    name = suggested_name(source)
    spec = spec_of(source, path)
    try:
        found = infer_source(wiring, spec, (name, source.table or name))
    except MeshwrightError as error:
        raise _told(error, path) from error
    return replace(
        draft,
        choices=tuple(Choice(column) for column in found.columns),
        rows=found.rows,
        rejected=found.rejected,
        first_rejected=found.first_rejected[:300],
        product=draft.product or name,
        port=draft.port or name,
        title=draft.title or name.replace("_", " ").capitalize(),
    )


def spec_of(source: DraftSource, path: Path) -> SourceSpec:
    """Return how to read a source that lies at a path."""
    if source.is_database:
        return SourceSpec("sqlite", path.parent, (path.name,), options={"table": source.table})
    return SourceSpec("files", path.parent, (path.name,))


def path_of(wiring: Wiring, draft: Draft) -> Path:
    """Return where a draft's source lies now."""
    if draft.source.kind == UPLOAD:
        return drafts.folder_of(wiring, draft.draft) / UPLOAD / draft.source.file
    return place_in(wiring, draft.source.file)


def place_in(wiring: Wiring, text: str) -> Path:
    """Return the file at a path in the mesh's folder, where whoever acts may have it read.

    That is the owner of the mesh's files, or somebody of the team of the domain that the file lies in: what
    a file shows is data, and no role lets read data. Raises `UsageError` (`path-outside`, `file-unknown`),
    `DeniedError` (`path-denied`).
    """
    said = text.strip()
    if not said or _PATTERN & set(said) or "\0" in said:
        raise UsageError("path-invalid", "name one file in the mesh's folder", hint="silos/a.csv")
    root = wiring.root.resolve()
    path = (root / said).resolve()
    if not path.is_relative_to(root) or Path(said).is_absolute():
        raise UsageError(
            "path-outside", "the file must lie in the mesh's folder", hint="upload it instead"
        )
    _require_reach(wiring, path)
    if not path.is_file():
        raise UsageError(
            "file-unknown", f"there is no file `{said[:200]}`", hint="upload it instead"
        )
    drafts.file_name(path.name)
    return path


def suggested_name(source: DraftSource) -> str:
    """Return a name from the file's or the table's."""
    stem = source.table or Path(source.file).name.split(".")[0]
    return as_name(stem, "product")[:60].strip("_")


def _require_reach(wiring: Wiring, path: Path) -> None:
    kept = [(wiring.root / CACHE_FOLDER).resolve(), wiring.mesh.state.resolve()]
    kept += [wiring.mesh.data.resolve(), (wiring.root / ".git").resolve()]
    is_kept = any(path.is_relative_to(one) for one in kept)
    if not is_kept and not isinstance(wiring, ActingWiring):
        return
    teams = wiring.principal().teams if isinstance(wiring, ActingWiring) else ()
    own = [
        domain.path.resolve()
        for name, domain in wiring.workspace.domains.items()
        if f"{TEAM}:{name}" in teams
    ]
    if is_kept or not any(path.is_relative_to(one) for one in own):
        raise DeniedError(
            "path-denied",
            "you may name files of your own domains only",
            hint="upload the file instead",
        )


def _require_table(path: Path, table: str) -> None:
    """Raise `UsageError` (`table-invalid`) for a view: what its sender wrote may never end."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as found:
            rows = found.execute(
                "SELECT type, sql FROM sqlite_master WHERE lower(name) = lower(?)", [table]
            ).fetchall()
    except sqlite3.Error:
        return  # whoever reads it says what is wrong
    if any(kind != "table" or "virtual" in str(sql).lower()[:40] for kind, sql in rows):
        raise UsageError(
            "table-invalid", f"`{table[:60]}` is no table", hint="name a table, not a view"
        )


def _told(error: MeshwrightError, path: Path) -> MeshwrightError:
    """Say what is wrong with somebody's own file, without where it lies here."""
    text = str(error).replace(f"{path.parent}/", "").replace(str(path.parent), "its folder")
    hint = error.hint.replace(f"{path.parent}/", "").replace(str(path.parent), "its folder")
    return DataError("source-unreadable", text, hint=hint)
