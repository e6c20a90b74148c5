"""Judge our own files beyond their schemas: mesh.yaml, domain.yaml, build.yaml and tests/*.yaml."""

from collections.abc import Mapping
from decimal import Decimal
from zoneinfo import available_timezones

from meshwright.documents.alert_rules import alert_problems
from meshwright.documents.document import Document, Path
from meshwright.documents.identity_reader import identity_problems
from meshwright.documents.moments import is_cron, moment_problem
from meshwright.documents.openlineage_rules import openlineage_problems
from meshwright.documents.sql_types import TypeTextError, parse_type
from meshwright.documents.wording import nearest_hint, show
from meshwright.errors import MeshwrightError
from meshwright.model.address import RESERVED_DOMAINS, Address
from meshwright.model.json_value import Json
from meshwright.model.problem import Problem

_SOURCES = ("files", "sqlite", "port")
_BELONG = {
    "format": ("files",),
    "options": ("files",),
    "columns": ("files", "sqlite"),
    "tolerance": ("files", "sqlite"),
    "table": ("sqlite",),
    "query": ("sqlite",),
}
_PARAMETER_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float, Decimal),
    "string": (str,),
    "boolean": (bool,),
    "date": (str,),
    "timestamp": (str,),
}


def mesh_problems(document: Document) -> list[Problem]:
    """Judge mesh.yaml."""
    raw = _mapping(document.raw)
    found = alert_problems(document, raw.get("alerts"), ("alerts",))
    found += openlineage_problems(document, raw.get("openlineage"), ("openlineage",))
    for name, environment in _mapping(raw.get("environments")).items():
        path, said = ("environments", name), _mapping(environment)
        found += alert_problems(document, said.get("alerts"), (*path, "alerts"))
        found += openlineage_problems(document, said.get("openlineage"), (*path, "openlineage"))
    found += _federation_problems(document, raw.get("federation"))
    found += identity_problems(document, raw.get("identity"))
    zone = raw.get("timezone")
    if isinstance(zone, str) and zone not in available_timezones():
        hint = nearest_hint(zone, available_timezones(), "for example `UTC` or `Europe/Berlin`")
        text = f"`{zone}` is not a time zone"
        found.append(document.problem("timezone-unknown", text, ("timezone",), hint=hint))
    return found


def _federation_problems(document: Document, said: Json | None) -> list[Problem]:
    if not isinstance(said, dict) or ("path" in said and not {"git", "ref"} & said.keys()):
        return []
    if "path" in said or not {"git", "ref"} <= said.keys():
        text = "`federation` is a `path`, or `git` with `ref`"
        hint = "federation: {git: https://…, ref: v1.2.0}"
        return [document.problem("federation-incomplete", text, ("federation",), hint=hint)]
    return []


def domain_problems(document: Document) -> list[Problem]:
    """Judge domain.yaml."""
    found = []
    name = _mapping(document.raw).get("name")
    if isinstance(name, str) and name in RESERVED_DOMAINS:
        text = f"`{name}` is a name that SQL keeps for itself: its products could not be queried"
        found.append(document.problem("name-reserved", text, ("name",), hint="give another name"))
    for index, name in enumerate(_list(_mapping(document.raw).get("products"))):
        if isinstance(name, str) and (name.startswith(("/", "..")) or "\\" in name):
            text = f"product folder `{name}` is not inside the domain's folder"
            hint = "list the names of sub-folders"
            found.append(document.problem("product-outside", text, ("products", index), hint=hint))
    return found


def tests_problems(document: Document) -> list[Problem]:
    """Judge a file of model tests."""
    found, seen = [], set()
    for index, test in enumerate(_list(document.raw)):
        name = _mapping(test).get("name")
        if isinstance(name, str) and name in seen:
            text = f"two tests are named {show(name)}"
            hint = "name each test once"
            found.append(document.problem("test-duplicate", text, (index, "name"), hint=hint))
        seen.add(name if isinstance(name, str) else None)
    return found


def build_problems(document: Document) -> list[Problem]:
    """Judge build.yaml."""
    judge = _BuildJudge(document)
    raw = _mapping(document.raw)
    for name, entry in _mapping(raw.get("inputs")).items():
        if isinstance(entry, dict):
            judge.source(entry, ("inputs", name))
    for name, entry in _mapping(raw.get("params")).items():
        if isinstance(entry, dict):
            judge.parameter(entry, ("params", name))
    for name, entry in _mapping(raw.get("ports")).items():
        if isinstance(entry, dict):
            judge.port(entry, ("ports", name))
    schedule = raw.get("schedule")
    if isinstance(schedule, str) and not is_cron(schedule):
        hint = 'five fields: minute hour day month weekday, for example "0 6 * * *"'
        judge.add(
            "schedule-invalid", f"{show(schedule)} is not a cron schedule", ("schedule",), hint
        )
    return judge.problems


class _BuildJudge:
    def __init__(self, document: Document) -> None:
        self._document = document
        self.problems: list[Problem] = []

    def add(self, code: str, text: str, path: Path, hint: str = "") -> None:
        self.problems.append(self._document.problem(code, text, path, hint=hint))

    def source(self, entry: Mapping[str, Json], path: Path) -> None:
        used = [key for key in _SOURCES if key in entry]
        if len(used) != 1:
            text = f"input `{path[-1]}` has no source"
            if used:
                text = f"input `{path[-1]}` has {len(used)} sources: {', '.join(used)}"
            self.add("input-source", text, path, "give exactly one of files, sqlite, port")
            return
        for key, kinds in _BELONG.items():
            if key in entry and used[0] not in kinds:
                text = f"`{key}` does not fit an input that reads `{used[0]}`"
                self.add(
                    "key-misplaced", text, (*path, key), f"`{key}` goes with {' or '.join(kinds)}"
                )
        if used[0] == "sqlite" and ("table" in entry) == ("query" in entry):
            text = f"input `{path[-1]}` needs a `table` or a `query`, and not both"
            self.add("input-table", text, path, "write `table: name`")
        elif used[0] == "port":
            self._foreign(str(entry["port"]), (*path, "port"))
        for column, declared in _mapping(entry.get("columns")).items():
            try:
                parse_type(str(declared))
            except TypeTextError as error:
                self.add(
                    "type-unknown",
                    f"column `{column}`: {error}",
                    (*path, "columns", column),
                    error.hint,
                )

    def _foreign(self, text: str, path: Path) -> None:
        try:
            address = Address.parse(text)
        except MeshwrightError as error:
            self.add(error.code, error.message, path, "write `domain.product.port`")
            return
        if not address.port or address.column or address.version is not None:
            self.add("address-invalid", f"`{text}` is not the address of a port", path,
                     "write `domain.product.port`")  # fmt: skip

    def parameter(self, entry: Mapping[str, Json], path: Path) -> None:
        declared, value = str(entry.get("type")), entry.get("value")
        wanted = _PARAMETER_TYPES.get(declared)
        if wanted is None or "value" not in entry or isinstance(value, dict | list):
            return
        where = (*path, "value")
        if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
            text = f"`{path[-1]}` is of type {declared}, its value is {show(value)}"
            hint = (
                "write the value without quotes"
                if str not in wanted
                else "put quotes around the value"
            )
            self.add("param-value", text, where, hint)
        elif declared in ("date", "timestamp"):
            self.problems += moment_problem(self._document, value, declared, where, "param-value")

    def port(self, entry: Mapping[str, Json], path: Path) -> None:
        needed = ("interval", "column", "start")
        if entry.get("kind", "full") == "append":
            missing = [key for key in needed if key not in entry]
            if missing:
                text = f"port `{path[-1]}` is append, but has no {' and no '.join(f'`{m}`' for m in missing)}"
                hint = "kind: append, interval: day, column: <date column>, start: 2024-01-01"
                self.add("append-incomplete", text, path, hint)
            for key in ("start", "end"):
                if key in entry:
                    self.problems += moment_problem(
                        self._document, entry[key], "timestamp", (*path, key), "append-bound"
                    )
            start, end = entry.get("start"), entry.get("end")
            if isinstance(start, str) and isinstance(end, str) and end <= start:
                text = f"port `{path[-1]}` ends ({end}) before its first interval ({start})"
                self.add("append-bound", text, (*path, "end"), "`end` is after `start`")
            return
        for key in (*needed, "end"):
            if key in entry:
                text = f"`{key}` does not fit a port of kind full"
                self.add("key-misplaced", text, (*path, key), "write `kind: append`")


def _mapping(value: Json | None) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _list(value: Json | None) -> list[Json]:
    return value if isinstance(value, list) else []
