"""Bind rules: do their SQL, and the columns that it gives, fit the tables of metadata? Told once a text."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from meshwright.app.policy.families import fingerprint, form_of
from meshwright.app.policy.session import Rows, opened
from meshwright.app.wiring import Wiring
from meshwright.errors import ModelError, did_you_mean
from meshwright.govern.rules.lived import TABLES
from meshwright.govern.rules.rule import Rule
from meshwright.govern.rules.tables import SCHEMA
from meshwright.model.problem import Place, Problem

SECTION = "rules-bound"
FORM = "1"
GIVEN = ("address", "message", "place", "line")
_CLOCKS = re.compile(
    r"\b(current_date|current_timestamp|current_time|localtimestamp|localtime)\b"
    r"|\b(now|today|random|uuid|gen_random_uuid|transaction_timestamp|get_current_timestamp"
    r"|get_current_time|current_localtimestamp|current_localtime|uuidv4|uuidv7)\s*\(",
    re.IGNORECASE,
)
_COLUMN = re.compile(r'column (?:named )?"([^"]+)"')
_QUIET = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Bound:
    """What a rule reads, and which of `GIVEN` it gives; `problem` is why it cannot be judged."""

    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    problem: Problem | None = None


def bind(wiring: Wiring, rules: Iterable[Rule]) -> dict[str, Bound]:
    """Return each rule bound, by its key."""
    listed = list(rules)
    form = f"{FORM}:{form_of(TABLES.values())}"
    keys = {rule.key: fingerprint([form, rule.sql]) for rule in listed}
    known: dict[str, bytes | None] = {
        key: wiring.cache.get(SECTION, key) for key in dict.fromkeys(keys.values())
    }
    unbound = [rule for rule in listed if known[keys[rule.key]] is None]
    if unbound:
        fresh = {keys[rule.key]: value for rule, value in _bind_all(wiring, unbound)}
        wiring.cache.put(SECTION, fresh)
        known |= fresh
    return {rule.key: _bound(rule, json.loads(known[keys[rule.key]] or b"")) for rule in listed}


def _bind_all(wiring: Wiring, rules: Iterable[Rule]) -> Iterator[tuple[Rule, bytes]]:
    with opened(wiring, None, TABLES) as rows:
        rows.show_nothing()
        for rule in rules:
            try:
                said = _read(wiring, rows, rule)
            except ModelError as error:
                said = {"problem": _explained(wiring, rule, error)}
            yield rule, json.dumps(said).encode()


def _bound(rule: Rule, value: dict[str, object]) -> Bound:
    said = value.get("problem")
    if isinstance(said, list):
        code, message, line, hint = said
        return Bound(problem=Problem(code, message, Place(rule.file, line), hint))
    tables, columns = value["tables"], value["columns"]
    assert isinstance(tables, list)
    assert isinstance(columns, list)
    return Bound(tuple(tables), tuple(columns))


def _read(wiring: Wiring, rows: Rows, rule: Rule) -> dict[str, object]:
    clock = _CLOCKS.search(_QUIET.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), rule.sql))
    if clock is not None:
        line = rule.sql.count("\n", 0, clock.start()) + 1
        what = f"`{clock[0].strip('( ')}` gives another answer each time: a rule must be repeatable"
        return {
            "problem": ["rule-clock", what, line, "the day is `(SELECT today FROM mesh.clock)`"]
        }
    tables = []
    for written in sorted(wiring.engine().reads(rule.sql)):
        schema, _, name = written.rpartition(".")
        if schema != SCHEMA or name not in TABLES:
            known = [f"{SCHEMA}.{each}" for each in TABLES]
            what = f"there is no table `{written}` of metadata"
            hint = did_you_mean(written if schema else f"{SCHEMA}.{written}", known)
            place = f"line {_line(rule.sql, written)}"
            raise ModelError("rule-table-unknown", what, hint=hint, place=place)
        tables.append(name)
    columns = [column.name for column in rows.session.columns(rule.sql)]
    for needed in GIVEN[:2]:
        if needed not in columns:
            what = f"the rule gives no column `{needed}`; it gives {', '.join(columns)}"
            raise ModelError("rule-columns", what, hint="give `address` and `message`")
    for column in columns:
        if column not in GIVEN:
            what = f"the rule gives a column `{column}` that means nothing"
            raise ModelError("rule-columns", what, hint=did_you_mean(column, GIVEN))
    return {"tables": tables, "columns": columns}


def _explained(wiring: Wiring, rule: Rule, error: ModelError) -> list[object]:
    """Return what is wrong with a rule's SQL; of a column that is not there, the nearest that is."""
    found = _COLUMN.search(error.message) if error.code == "sql-unknown-column" else None
    if found is None:
        return [error.code, error.message, line_of(error), error.hint]
    tables = sorted(name.rpartition(".")[2] for name in wiring.engine().reads(rule.sql))
    known = {name for table in tables if table in TABLES for name in TABLES[table].names}
    listed = ", ".join(f"{SCHEMA}.{table}" for table in tables) or "what it reads"
    what = f"there is no column `{found[1]}` in {listed}"
    return [error.code, what, line_of(error), did_you_mean(found[1], known)]


def line_of(error: ModelError) -> int:
    """Return the line within the SQL that an error names; the whole file where it names none."""
    found = re.search(r"line (\d+)", error.place)
    return int(found[1]) if found else 1


def _line(sql: str, written: str) -> int:
    for number, line in enumerate(sql.splitlines(), 1):
        if written in line.lower() and not line.strip().startswith("--"):
            return number
    return 1
