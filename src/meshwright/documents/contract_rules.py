"""Judge what an ODCS contract says, beyond its schema: does it make sense by itself?

Types are judged as SQL types only where the contract is a port's promise (`strict`): a contract on its own
may describe a Kafka topic.
"""

from collections.abc import Iterator, Mapping

from meshwright.documents.column_rules import ColumnJudge, entries
from meshwright.documents.document import Document, Path
from meshwright.documents.promises import promise_problems
from meshwright.documents.quality_rules import RuleJudge
from meshwright.documents.references import ReferenceJudge
from meshwright.errors import did_you_mean
from meshwright.model.json_value import Json
from meshwright.model.problem import Problem

VERSIONS = ("v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0", "v3.2.0")
_NEW = {"v3.1": "v3.1.0", "v3.2": "v3.2.0"}
_NEW_CONTRACT_KEYS = {"context": "v3.2"}
_NEW_OBJECT_KEYS = {
    "relationships": "v3.1",
    "synonyms": "v3.2",
    "context": "v3.2",
    "deprecated": "v3.2",
}
_NEW_COLUMN_KEYS = {
    "relationships": "v3.1", "enum": "v3.2", "map": "v3.2", "semanticType": "v3.2",
    "synonyms": "v3.2", "deprecated": "v3.2",
}  # fmt: skip
_NEW_LOGICAL_TYPES = {"timestamp": "v3.1", "time": "v3.1", "map": "v3.2", "vector": "v3.2"}

Properties = list[tuple[Path, dict[str, Json]]]


def version_problem(document: Document) -> Problem | None:
    """Return the problem of a contract that declares a version that is not read here, or None."""
    raw = document.raw
    declared = raw.get("apiVersion") if isinstance(raw, dict) else None
    if declared is None or declared in VERSIONS or not isinstance(declared, str):
        return None
    return document.problem(
        "contract-version-unsupported",
        f"`{declared}` is not a version of the contract standard that is read here",
        ("apiVersion",),
        hint=did_you_mean(declared, VERSIONS),
    )


def contract_problems(document: Document) -> list[Problem]:
    """Return what is wrong with a contract that its schema accepts."""
    raw = document.raw
    assert isinstance(raw, dict)
    found = _older_keys(document, raw)
    found += promise_problems(document, raw, ())
    objects = list(entries(raw.get("schema"), ("schema",)))
    found += _duplicates(document, objects, "object", "object-duplicate")
    references = ReferenceJudge(document, [item for _, item in objects])
    for path, item in objects:
        found += _object_problems(document, path, item)
        found += references.object_problems(path, item)
    return found


def all_columns(item: Mapping[str, Json], path: Path) -> Iterator[tuple[Path, dict[str, Json]]]:
    """Yield every property of an object: its columns, and what is nested in them."""
    for where, column in entries(item.get("properties"), (*path, "properties")):
        yield from _with_nested(column, where)


def _with_nested(column: dict[str, Json], path: Path) -> Iterator[tuple[Path, dict[str, Json]]]:
    yield path, column
    yield from all_columns(column, path)
    items = column.get("items")
    if isinstance(items, dict):
        yield from _with_nested(items, (*path, "items"))
    of_map = column.get("map")
    for part in ("key", "value"):
        nested = of_map.get(part) if isinstance(of_map, dict) else None
        if isinstance(nested, dict):
            yield from _with_nested(nested, (*path, "map", part))


def _object_problems(document: Document, path: Path, item: dict[str, Json]) -> list[Problem]:
    columns = list(entries(item.get("properties"), (*path, "properties")))
    promises = promise_problems(document, item, path)
    names = frozenset(
        str(column[key])
        for _, column in columns
        for key in ("name", "physicalName")
        if key in column
    )
    found = _duplicates(document, columns, "column", "column-duplicate")
    found += _key_problems(document, columns)
    judge, rules = ColumnJudge(document), RuleJudge(document, names)
    for where, column in all_columns(item, path):
        judge.judge(column, where)
        for rule_path, rule in entries(column.get("quality"), (*where, "quality")):
            rules.judge(rule, rule_path, column)
        if len(where) > len(path) + 2:
            nested = list(entries(column.get("properties"), (*where, "properties")))
            found += _duplicates(document, nested, "column", "column-duplicate")
    for rule_path, rule in entries(item.get("quality"), (*path, "quality")):
        rules.judge(rule, rule_path, None)
    return promises + found + judge.problems + rules.problems


def _duplicates(document: Document, named: Properties, what: str, code: str) -> list[Problem]:
    first: dict[str, tuple[Path, str]] = {}
    found = []
    for path, item in named:
        name = str(item.get("physicalName") or item.get("name") or "")
        where, other = first.setdefault(name.lower(), (path, name))
        if name and where != path:
            text = f"two {what}s are named `{name}` in the data"
            if other != name:
                text = f"`{name}` and `{other}` are one name in SQL: letter case does not count"
            key = "physicalName" if item.get("physicalName") else "name"
            hint = f"name each {what} once (`physicalName`, or else `name`)"
            found.append(document.problem(code, text, (*path, key), hint=hint))
    return found


def _key_problems(document: Document, columns: Properties) -> list[Problem]:
    found: list[Problem] = []
    keyed = [(path, column) for path, column in columns if column.get("primaryKey") is True]
    for path, column in columns:
        if _position(column) > 0 and column.get("primaryKey") is not True:
            text = f"`{column.get('name')}` has a primaryKeyPosition but is not part of the primary key"
            where = (*path, "primaryKeyPosition")
            hint = "write `primaryKey: true`, or remove the position"
            found.append(
                document.problem("key-position-unused", text, where, hint=hint, severity="warning")
            )
    positions = [_position(column) for _, column in keyed]
    if all(position < 0 for position in positions):
        return found
    seen: set[int] = set()
    for path, column in keyed:
        position = _position(column)
        where = (*path, "primaryKeyPosition")
        if position in seen and position > 0:
            text = f"two columns are number {position} of the primary key"
            found.append(
                document.problem("key-position-duplicate", text, where, hint=_number_hint(keyed))
            )
        elif not 1 <= position <= len(keyed):
            text = f"`{column.get('name')}` is number {position} of a primary key of {len(keyed)}"
            if position < 0:
                text = (
                    f"`{column.get('name')}` has no primaryKeyPosition, but others of the key have"
                )
            found.append(
                document.problem("key-position-gap", text, where, hint=_number_hint(keyed))
            )
        seen.add(position)
    return found


def _number_hint(keyed: Properties) -> str:
    return "number the columns of the key " + ", ".join(str(i + 1) for i in range(len(keyed)))


def _position(column: Mapping[str, Json]) -> int:
    position = column.get("primaryKeyPosition", -1)
    return position if isinstance(position, int) else -1


def _older_keys(document: Document, raw: Mapping[str, Json]) -> list[Problem]:
    """Warn where the declared version of the standard does not have a key that is used."""
    version = str(raw.get("apiVersion") or "")
    if version >= "v3.2":
        return []
    used: list[tuple[str, str, Path]] = []
    _newer(raw, (), _NEW_CONTRACT_KEYS, version, used)
    for path, item in entries(raw.get("schema"), ("schema",)):
        _newer(item, path, _NEW_OBJECT_KEYS, version, used)
        for where, column in all_columns(item, path):
            _newer(column, where, _NEW_COLUMN_KEYS, version, used)
            since = _NEW_LOGICAL_TYPES.get(str(column.get("logicalType")), "")
            if since > version[:4]:
                used.append(
                    (f"logicalType: {column['logicalType']}", since, (*where, "logicalType"))
                )
    found, told = [], set()
    for key, since, path in used:
        if key not in told:
            told.add(key)
            text = f"`{key}` exists since {_NEW[since]}; the file declares {version}"
            hint = f"write `apiVersion: {_NEW[since]}`"
            found.append(
                document.problem(
                    "key-newer-than-version", text, path, hint=hint, severity="warning"
                )
            )
    return found


def _newer(
    part: Mapping[str, Json],
    path: Path,
    table: Mapping[str, str],
    version: str,
    used: list[tuple[str, str, Path]],
) -> None:
    used += [
        (key, table[key], (*path, key))
        for key in table.keys() & part.keys()
        if table[key] > version[:4]
    ]
