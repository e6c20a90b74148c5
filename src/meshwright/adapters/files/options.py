"""What `build.yaml` may say about files, checked before any file is touched."""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass

from meshwright.errors import DescriptorError, did_you_mean
from meshwright.model.product import SourceSpec

FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".parquet": "parquet",
    ".xlsx": "excel",
    ".xlsm": "excel",
}
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2"}
_TEXT = {
    "delimiter": str,
    "quote": str,
    "escape": str,
    "header": bool,
    "null": list,
    "encoding": str,
    "decimal": str,
    "dateformat": str,
    "timestampformat": str,
    "skip": int,
}
_KNOWN: dict[str, dict[str, type]] = {
    "csv": _TEXT,
    "tsv": _TEXT,
    "json": {"encoding": str},
    "ndjson": {"encoding": str},
    "parquet": {},
    "excel": {"sheet": str, "header": bool, "skip": int, "range": str, "null": list},
}
_KINDS = {
    str: "a text",
    bool: "true or false",
    int: "a whole number, 0 or more",
    list: "a text or a list",
}


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How to read the files. An empty text means: as the format says, or as the files show."""

    format: str
    delimiter: str = ""
    quote: str = '"'
    escape: str = '"'
    header: bool = True
    null: tuple[str, ...] = ("",)
    encoding: str = "utf-8"
    decimal: str = "."
    dateformat: str = ""
    timestampformat: str = ""
    skip: int = 0
    sheet: str = ""
    range: str = ""


def parse_options(spec: SourceSpec) -> FileOptions:
    """Return the checked options; raise `DescriptorError` for what is unknown or of the wrong type."""
    file_format = _format(spec)
    known = _KNOWN[file_format]
    values: dict[str, object] = {"format": file_format}
    for name, value in spec.options.items():
        if name not in known:
            raise DescriptorError(
                "source-option-unknown",
                f"`{name}` is not an option of {file_format} files",
                hint=did_you_mean(name, known),
            )
        values[name] = _value(name, value, known[name])
    if "quote" in values and "escape" not in values:
        values["escape"] = values["quote"]
    if file_format == "tsv":
        values.setdefault("delimiter", "\t")
    _check(values)
    return FileOptions(**values)  # type: ignore[arg-type]


def _format(spec: SourceSpec) -> str:
    if spec.format:
        if spec.format not in _KNOWN:
            raise DescriptorError(
                "source-format-unknown",
                f"`{spec.format}` is not a format of files",
                hint=did_you_mean(spec.format, _KNOWN),
            )
        return spec.format
    found = {format_of(path) for path in spec.paths}
    if len(found) != 1 or "" in found:
        raise DescriptorError(
            "source-format-unknown",
            f"the format of `{'`, `'.join(spec.paths)}` does not show in its name",
            hint=f"add `format:` ({', '.join(_KNOWN)})",
        )
    return found.pop()


def format_of(path: str) -> str:
    """Return the format that a file's name or pattern shows, or ''."""
    name = path.lower()
    for ending in COMPRESSIONS:
        name = name.removesuffix(ending)
    return next((kind for ending, kind in FORMATS.items() if name.endswith(ending)), "")


def compression_of(path: str) -> str:
    """Return `gzip`, `zstd`, `bz2` or '' by the ending of a file's name."""
    return next((kind for end, kind in COMPRESSIONS.items() if path.lower().endswith(end)), "")


def _value(name: str, value: object, kind: type) -> object:
    if kind is list:
        items = value if isinstance(value, list | tuple) else [value]
        if all(isinstance(item, str | int | float) for item in items):
            return tuple(str(item) for item in items)
    elif isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
        is_negative = isinstance(value, int) and value < 0
        if not is_negative:
            return value
    raise DescriptorError(
        "source-option-invalid", f"`{value}` of option `{name}` is not {_KINDS[kind]}"
    )


def _check(values: Mapping[str, object]) -> None:
    for name in ("delimiter", "quote", "escape", "decimal"):
        value = str(values.get(name, ""))
        if len(value) > 1 and not (name == "delimiter" and len(value) <= 4):
            raise DescriptorError(
                "source-option-invalid", f"`{value}` of option `{name}` is not one character"
            )
    if values.get("decimal", ".") not in (".", ","):
        raise DescriptorError("source-option-invalid", "option `decimal` is `.` or `,`")
    encoding = str(values.get("encoding", "utf-8"))
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise DescriptorError(
            "source-option-invalid",
            f"`{encoding}` of option `encoding` is not known",
            hint="for example utf-8, utf-16, latin-1, cp1252",
        ) from error
