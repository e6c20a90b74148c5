"""Run the unit tests of rules: each rule over a small mesh that its test writes down."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from meshwright.app.policy.binding import bind
from meshwright.app.policy.files import TEST_ENDING, load_book, relative, test_files
from meshwright.app.policy.session import Rows, empty, opened
from meshwright.app.wiring import Wiring
from meshwright.documents.document import Document
from meshwright.documents.judge import read_document
from meshwright.errors import DescriptorError, MeshwrightError, UsageError, did_you_mean
from meshwright.govern.rules.book import RuleBook
from meshwright.govern.rules.fixtures import Difference, Expected, compare, whole_row
from meshwright.govern.rules.lived import CLOCK, TABLES
from meshwright.govern.rules.rule import Rule
from meshwright.govern.rules.tables import SCHEMA, Table
from meshwright.model.json_value import Json

TODAY = "2026-01-01"  # of a test that says none
_RESULT = "stored.tested"
NONE = Difference((), ())


@dataclass(frozen=True, slots=True)
class TestResult:
    """How one test ended; `error` is why it could not run."""

    __test__ = False

    rule: str
    test: str
    file: str
    line: int
    expected: tuple[Expected, ...] = ()
    got: tuple[tuple[str, str], ...] = ()
    difference: Difference = NONE
    error: str = ""

    @property
    def has_passed(self) -> bool:
        """Say whether the rule gave what was expected."""
        return not self.difference and not self.error


def run_rule_tests(
    wiring: Wiring, names: Collection[str] = ()
) -> tuple[list[TestResult], list[str]]:
    """Run the tests of these rules (of all, where none is named); return results, and rules with no test."""
    wiring.look_again()
    book = load_book(wiring)
    known = {rule.key for rule in book.rules}
    for name in names:
        if name not in known:
            text = f"there is no rule `{name}`"
            raise UsageError("rule-unknown", text, hint=did_you_mean(name, known))
    results: list[TestResult] = []
    with opened(wiring, None, TABLES) as rows:
        for path, origin in test_files(wiring):
            results += _file(wiring, book, rows, path, origin, names)
    tested = {result.rule for result in results}
    chosen = set(names) or known
    return results, sorted(chosen - tested)


def _file(
    wiring: Wiring, book: RuleBook, rows: Rows, path: Path, origin: str, names: Collection[str]
) -> list[TestResult]:
    document = read_document(relative(wiring, path), path.read_bytes(), "rule-tests")
    raw = document.raw
    broken = next((problem for problem in document.problems if problem.is_error), None)
    if broken is not None or not isinstance(raw, dict):
        assert broken is not None
        raise DescriptorError(
            broken.code, broken.message, hint=broken.hint, place=str(broken.place)
        )
    name = str(raw.get("rule") or path.name.removesuffix(TEST_ENDING))
    domain = origin.partition(":")[2]
    rule = book.find(f"{domain}/{name}" if domain else name)
    if names and (rule is None or rule.key not in names):
        return []
    tests = raw["tests"]
    assert isinstance(tests, list)
    return [
        _one(wiring, rows, rule, name, document, index, test)
        for index, test in enumerate(tests)
        if isinstance(test, dict)
    ]


def _one(
    wiring: Wiring,
    rows: Rows,
    rule: Rule | None,
    name: str,
    document: Document,
    index: int,
    test: Mapping[str, Json],
) -> TestResult:
    key = rule.key if rule else name
    line = document.line_of(dict_of(test))
    result = TestResult(key, str(test["name"]), document.file, line)
    expected = _expected(test)
    try:
        if rule is None:
            text = f"there is no sound rule `{name}` beside the test"
            raise DescriptorError("rule-unknown", text, hint="mesh check")
        got = _got(wiring, rows, rule, document, index, test)
    except MeshwrightError as error:
        said = f"{error} ({error.hint})" if error.hint else str(error)
        return TestResult(key, result.test, document.file, line, expected, error=said)
    return TestResult(key, result.test, document.file, line, expected, got, compare(expected, got))


def dict_of(value: Mapping[str, Json]) -> Json:
    """Return a mapping of a document as the very object that it is there."""
    assert isinstance(value, dict)
    return value


def _expected(test: Mapping[str, Json]) -> tuple[Expected, ...]:
    found = []
    listed = test["expect"]
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict):
            message = one.get("message")
            found.append(Expected(str(one["address"]), None if message is None else str(message)))
        else:
            found.append(Expected(str(one)))
    return tuple(found)


def _got(
    wiring: Wiring,
    rows: Rows,
    rule: Rule,
    document: Document,
    index: int,
    test: Mapping[str, Json],
) -> tuple[tuple[str, str], ...]:
    bound = bind(wiring, [rule])[rule.key]
    if bound.problem is not None:
        raise DescriptorError(
            bound.problem.code, bound.problem.message, hint=bound.problem.hint,
            place=str(bound.problem.place),
        )  # fmt: skip
    given = test["given"]
    assert isinstance(given, dict)
    for name, listed in given.items():
        _judge_names(document, index, name, listed)
    rows.show(date.fromisoformat(str(test.get("today") or TODAY)), only=())
    for name in bound.tables:
        if name != CLOCK.name:
            sql = _values(wiring, TABLES[name], given.get(name))
            rows.session.define(f"{SCHEMA}.{name}", sql)
    rows.session.define(_RESULT, rule.sql)
    sql = (
        "SELECT DISTINCT coalesce(CAST(address AS VARCHAR), ''), coalesce(CAST(message AS VARCHAR), '')"
        f" FROM {_RESULT} ORDER BY ALL"
    )
    return tuple((str(a), str(m)) for a, m in rows.session.rows(sql, trusted=True))


def _judge_names(document: Document, index: int, name: str, listed: Json) -> None:
    """Refuse a table or column that metadata does not have: a test of it would prove nothing."""
    table = TABLES.get(name)
    path: tuple[str | int, ...] = ("tests", index, "given", name)
    if table is None or table is CLOCK:
        problem = document.problem(
            "rule-table-unknown", f"there is no table `{name}` of metadata", path
        )
        raise DescriptorError(
            problem.code, problem.message, hint=did_you_mean(name, TABLES), place=str(problem.place)
        )
    for number, row in enumerate(listed if isinstance(listed, list) else ()):
        for column in row if isinstance(row, dict) else ():
            if table.column(column) is None:
                where = (*path, number, column)
                text = f"table `{name}` has no column `{column}`"
                problem = document.problem("rule-column-unknown", text, where)
                raise DescriptorError(
                    problem.code, text, hint=did_you_mean(column, table.names),
                    place=str(problem.place),
                )  # fmt: skip


def _values(wiring: Wiring, table: Table, listed: Json) -> str:
    """Return a SELECT of the rows that a test gives."""
    made = (
        [whole_row(table, row) for row in listed if isinstance(row, dict)]
        if isinstance(listed, list)
        else []
    )
    selects = [
        "SELECT "
        + ", ".join(f"CAST({_literal(wiring, row[c.name])} AS {c.type})" for c in table.columns)
        for row in made
    ]
    return " UNION ALL ".join([empty(table), *selects])


def _literal(wiring: Wiring, value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(wiring.engine().quote(str(one)) for one in value)}]"
    return wiring.engine().quote(value)
