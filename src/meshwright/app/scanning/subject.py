"""What SOURCE means: files, a table of a database, a Delta table, or a published port of this mesh."""

import glob
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from meshwright.errors import UnreachableError, UsageError, did_you_mean
from meshwright.model.address import Address
from meshwright.model.product import SourceSpec

_ADDRESS = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){2}(?:@\d+)?")
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
_DATABASES = (".db", ".sqlite", ".sqlite3")
_WORKBOOKS = (".xlsx", ".xlsm")
_MAGIC = {b"SQLite format 3\0": "sqlite", b"PAR1": "parquet"}
_KNOWN = "a file or glob, `sqlite:///path.db?table=NAME`, a Delta table's folder, or `domain.product.port`"


@dataclass(frozen=True, slots=True)
class Subject:
    """One of `spec`, `folder` (of a Delta table) and `port`; `name` is how a contract may call it."""

    text: str
    name: str
    spec: SourceSpec | None = None
    folder: Path | None = None
    port: Address | None = None

    @property
    def lies_ready(self) -> bool:
        """Say whether its files are Parquet, which is scanned where it lies."""
        return self.spec is None or self.spec.format == "parquet"


def find_subject(source: str, table: str, base: Path) -> Subject:
    """Return what a text names; paths start at `base`.

    Raises `UsageError` for what cannot be a source, `UnreachableError` (`source-not-found`) for what is not
    there.
    """
    scheme = _URL.match(source)
    if scheme is not None:
        return _of_url(source, scheme[1].lower(), table, base)
    path = base / Path(source).expanduser()
    if path.is_dir():
        return _of_folder(source, path)
    if path.is_file():
        return _of_file(source, path, table, base)
    if glob.has_magic(source):
        return _of_pattern(source, table, base)
    if _ADDRESS.fullmatch(source):
        address = Address.parse(source)
        return Subject(source, address.port, port=address)
    raise _missing(source, path)


def database(base: Path, path: str, **options: str) -> SourceSpec:
    """Return the spec of a SQLite table or query."""
    return SourceSpec("sqlite", base, (path,), options=dict(options))


def _of_url(source: str, scheme: str, table: str, base: Path) -> Subject:
    if scheme != "sqlite":
        raise UsageError(
            "source-unknown", f"`{scheme}://` cannot be read", hint=f"a source is {_KNOWN}"
        )
    parts = urlsplit(source)
    path = unquote(parts.path.removeprefix("/"))
    named = parse_qs(parts.query).get("table", [])
    if not path or parts.netloc:
        raise UsageError(
            "source-unknown", f"`{source}` names no database", hint="sqlite:///path.db?table=NAME"
        )
    wanted = table or (named[0] if named else "")
    return Subject(source, wanted or _stem(path), spec=database(base, path, table=wanted))


def _of_folder(source: str, path: Path) -> Subject:
    if (path / "_delta_log").is_dir():
        return Subject(source, path.resolve().name, folder=path.absolute())
    inside = next((f"*{suffix}" for suffix in (".parquet", ".csv", ".ndjson", ".json")
                   if any(path.glob(f"*{suffix}"))), "")  # fmt: skip
    hint = f'name its files: mesh scan "{source.rstrip("/")}/{inside}"' if inside else _KNOWN
    raise UsageError("source-is-folder", f"`{source}` is a folder, not a Delta table", hint=hint)


def _of_file(source: str, path: Path, table: str, base: Path) -> Subject:
    kind = _kind(path)
    if kind == "sqlite":
        name = table or path.name.split(".")[0]
        return Subject(source, name, spec=database(base, str(path), table=table))
    options: dict[str, object] = {}
    if table:
        if path.suffix.lower() not in _WORKBOOKS:
            raise UsageError(
                "table-needless", f"`{source}` has no tables", hint="leave out --table"
            )
        options["sheet"] = table
    spec = SourceSpec("files", base, (str(path),), format=kind, options=options)
    return Subject(source, _stem(source), spec=spec)


def _of_pattern(source: str, table: str, base: Path) -> Subject:
    if table:
        raise UsageError("table-needless", "files have no tables", hint="leave out --table")
    kind = "parquet" if source.lower().endswith(".parquet") else ""
    return Subject(source, _stem(source), spec=SourceSpec("files", base, (source,), format=kind))


def _kind(path: Path) -> str:
    """Return `sqlite` or `parquet` where the file's ending or its first bytes say so, else nothing."""
    suffix = path.suffix.lower()
    if suffix in _DATABASES:
        return "sqlite"
    if suffix == ".parquet":
        return "parquet"
    try:
        with path.open("rb") as file:
            begin = file.read(16)
    except OSError as error:
        raise UnreachableError(
            "source-not-found", f"cannot read `{path}`: {error.strerror or error}"
        ) from error
    return next((kind for magic, kind in _MAGIC.items() if begin.startswith(magic)), "")


def _stem(source: str) -> str:
    """Return the name of a file without what its pattern and its endings add."""
    name = re.sub(r"[*?\[\]]+", "", Path(source).name).split(".")[0]
    return name.strip("-_ ") or "rows"


def _missing(source: str, path: Path) -> UnreachableError:
    folder = path.parent
    if not folder.is_dir():
        return UnreachableError(
            "source-not-found", f"there is no `{source}`: `{folder}` is not there"
        )
    beside = [other.name for other in folder.iterdir() if not other.name.startswith(".")]
    return UnreachableError(
        "source-not-found",
        f"there is no file `{source}`",
        hint=did_you_mean(path.name, beside) if beside else f"a source is {_KNOWN}",
    )
