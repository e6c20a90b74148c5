"""A change of a contract has the level of the worst that it does to whoever reads the port."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshwright.govern.change import LEVELS
from meshwright.govern.compatibility import compare, removed
from meshwright.model.contract import (
    Contract,
    ContractColumn,
    ContractObject,
    QualityRule,
    Quarantine,
    Relationship,
    ServiceLevel,
    Threshold,
)

RULE = QualityRule("rows", "library", "rowCount", thresholds=(Threshold("mustBeGreaterThan", 10),))
WARNING = replace(RULE, key="warn", metric="nullValues", severity="warning")
TEXT = QualityRule("words", "text", description="is right")
SQL = QualityRule("sql", "sql", query="select 0", thresholds=(Threshold("mustBe", 0),))
ORIGIN = ContractColumn(
    "origin",
    "string",
    "VARCHAR(3)",
    {"pattern": "[A-Z]{3}"},
    required=True,
    key_position=1,
    enum=("JFK", "LGA"),
)
DELAY = ContractColumn("delay", "integer", "INTEGER", {"minimum": 0, "maximum": 100})
PLACE = ContractColumn(
    "place",
    "object",
    "STRUCT(city VARCHAR, zip VARCHAR)",
    properties=(ContractColumn("city", "string"), ContractColumn("zip", "string")),
)
TAGS = ContractColumn("tags", "array", "VARCHAR[]", items=ContractColumn("", "string"))
TABLE = ContractObject(
    "departures",
    (ORIGIN, DELAY, PLACE, TAGS),
    quality=(RULE, WARNING, TEXT, SQL),
    relationships=(Relationship(("origin",), ("geography.airports.airports.code",)),),
)
CONTRACT = Contract(
    "c",
    "1.0.0",
    "active",
    "v3.2.0",
    (TABLE,),
    service_levels=(
        ServiceLevel("latency", 4, "h"),
        ServiceLevel("retention", 3, "y"),
        ServiceLevel("mood", "good"),
    ),
)


def with_table(**fields: Any) -> Contract:
    return replace(CONTRACT, objects=(replace(TABLE, **fields),))


def with_column(column: ContractColumn, **fields: Any) -> Contract:
    columns = tuple(replace(c, **fields) if c.name == column.name else c for c in TABLE.columns)
    return with_table(columns=columns)


def with_rule(rule: QualityRule, **fields: Any) -> Contract:
    rules = (replace(r, **fields) if r.key == rule.key else r for r in TABLE.quality)
    return with_table(quality=tuple(rules))


def with_level(number: int, **fields: Any) -> Contract:
    levels = list(CONTRACT.service_levels)
    levels[number] = replace(levels[number], **fields)
    return replace(CONTRACT, service_levels=tuple(levels))


def without_mood() -> Contract:
    return replace(CONTRACT, service_levels=CONTRACT.service_levels[:2])


CASES: list[tuple[str, str, Contract]] = [
    # columns
    ("major", "column `delay` was removed", with_table(columns=(ORIGIN, PLACE, TAGS))),
    ("major", "column `delay` was renamed to `late`", with_column(DELAY, name="late")),
    ("major", "column `delay` was renamed to `Delay`", with_column(DELAY, name="Delay", enum=(1,))),
    ("minor", "column `gate` was added", with_table(columns=(*TABLE.columns, ContractColumn("gate")))),
    ("patch", "another order", with_table(columns=TABLE.columns[::-1])),
    # types
    ("minor", "from INTEGER to BIGINT", with_column(DELAY, physical_type="BIGINT")),
    ("major", "from INTEGER to SMALLINT", with_column(DELAY, physical_type="SMALLINT")),
    ("major", "from INTEGER to VARCHAR", with_column(DELAY, physical_type="VARCHAR")),
    ("minor", "from VARCHAR(3) to VARCHAR(4)", with_column(ORIGIN, physical_type="VARCHAR(4)")),
    ("major", "from VARCHAR(3) to VARCHAR(2)", with_column(ORIGIN, physical_type="VARCHAR(2)")),
    ("major", "no longer promised", with_column(DELAY, physical_type="")),
    ("major", "from integer to string", with_column(DELAY, logical_type="string")),
    ("major", "logical type integer of `delay` is no longer", with_column(DELAY, logical_type="")),
    # nullability, uniqueness, keys
    ("major", "`origin` is no longer required", with_column(ORIGIN, required=False)),
    ("major", "`delay` became required", with_column(DELAY, required=True)),
    ("major", "`delay` became unique", with_column(DELAY, unique=True)),
    ("major", "the key (origin) was dropped", with_column(ORIGIN, key_position=0)),
    ("major", "changed from (origin) to (origin, delay)", with_column(DELAY, key_position=2)),
    # values
    ("major", "value `LGA` of `origin` was removed", with_column(ORIGIN, enum=("JFK",))),
    ("minor", "value `EWR` of `origin` was added", with_column(ORIGIN, enum=("JFK", "LGA", "EWR"))),
    ("major", "list of values of `origin` was dropped", with_column(ORIGIN, enum=None)),
    ("major", "got a list of allowed values", with_column(DELAY, enum=(1, 2))),
    ("major", "maximum of `delay` changed", with_column(DELAY, options={"minimum": 0, "maximum": 50})),
    ("major", "maximum of `delay` changed", with_column(DELAY, options={"minimum": 0, "maximum": 500})),
    ("major", "minimum 0 of `delay` was dropped", with_column(DELAY, options={"maximum": 100})),
    ("major", "pattern of `origin` changed", with_column(ORIGIN, options={"pattern": "[A-Z]+"})),
    (
        "major",
        "`delay` got multipleOf 5",
        with_column(DELAY, options={"minimum": 0, "maximum": 100, "multipleOf": 5}),
    ),
        # nested
    ("major", "column `place.zip` was removed", with_column(PLACE, properties=PLACE.properties[:1])),
    (
        "minor",
        "column `place.street` was added",
        with_column(PLACE, properties=(*PLACE.properties, ContractColumn("street"))),
    ),
    (
        "minor",
        "type of `place` changed",
        with_column(PLACE, physical_type="STRUCT(city TEXT, zip TEXT, street TEXT)"),
    ),
    ("major", "`tags[]`", with_column(TAGS, items=ContractColumn("", "integer"))),
    # classification and words
    ("minor", "from none to confidential", with_column(ORIGIN, classification="confidential")),
    ("patch", "description of `origin`", with_column(ORIGIN, description="where it starts")),
    ("patch", "description of the contract", replace(CONTRACT, description="flights")),
    ("patch", "owners", replace(CONTRACT, owners=("maria",))),
    # quality
    ("major", "`rows` was dropped", with_table(quality=(WARNING, TEXT, SQL))),
    ("minor", "`warn` was dropped", with_table(quality=(RULE, TEXT, SQL))),
    ("minor", "`words` was dropped", with_table(quality=(RULE, WARNING, SQL))),
    ("minor", "`more` was added", with_table(quality=(*TABLE.quality, replace(SQL, key="more", query="x")))),
    ("minor", "`rows` became stricter", with_rule(RULE, thresholds=(Threshold("mustBeGreaterThan", 20),))),
    ("major", "allows more", with_rule(RULE, thresholds=(Threshold("mustBeGreaterThan", 5),))),
    ("major", "other bounds", with_rule(RULE, thresholds=(Threshold("mustBeLessThan", 15),))),
    ("major", "from error to warning", with_rule(RULE, severity="warning")),
    ("major", "asks something else", with_rule(SQL, query="select 1")),
    ("patch", "words of quality rule `words`", with_rule(TEXT, description="is quite right")),
    ("patch", "words of quality rule `rows`", with_rule(RULE, description="many")),
    ("major", "to geography.airports.airports.code was dropped", with_table(relationships=())),
    # service levels, end of life, quarantine, the contract itself
    ("major", "latency changed from 4 h to 5 h", with_level(0, value=5)),
    ("minor", "latency changed from 4 h to 200 min", with_level(0, value=200, unit="min")),
    ("patch", "latency changed from 4 h to 240 min", with_level(0, value=240, unit="minutes")),
    ("major", "retention changed from 3 y to 2 y", with_level(1, value=2)),
    ("minor", "retention changed from 3 y to 4 y", with_level(1, value="4")),
    ("major", "mood changed from good to bad", with_level(2, value="bad")),
    ("major", "service level mood good was dropped", without_mood()),
    ("minor", "the end is announced for 2030-01-01", replace(CONTRACT, end_of_life="2030-01-01")),
    ("minor", "up to 1% of the rows", replace(CONTRACT, quarantine=Quarantine(share=0.01))),
    ("minor", "from active to deprecated", replace(CONTRACT, status="deprecated")),
    ("major", "id changed", replace(CONTRACT, id="d")),
    ("major", "no longer describes", replace(CONTRACT, objects=())),
]  # fmt: skip


@pytest.mark.parametrize(("level", "what", "new"), CASES, ids=[f"{c[0]} {c[1]}" for c in CASES])
def test_each_kind_of_change_has_its_level(level: str, what: str, new: Contract) -> None:
    change = compare(CONTRACT, new, "departures")
    assert any(what in item.what for item in change.items), [str(i) for i in change.items]
    assert change.level == level, [str(i) for i in change.items]


@pytest.mark.parametrize(
    ("old", "new", "level"),
    [
        ("i32", "i64", "minor"),
        ("u8", "i16", "minor"),
        ("i64", "i32", "major"),
        ("", "i32", "major"),
    ],
)
def test_a_numbers_format_may_widen(old: str, new: str, level: str) -> None:
    before = with_column(DELAY, options={"format": old})
    assert compare(before, with_column(DELAY, options={"format": new}), "departures").level == level


@pytest.mark.parametrize(
    "new",
    [
        with_column(ORIGIN, physical_type="varchar(3)", line=99),
        with_rule(SQL, query="select\n  0", line=4),
        with_table(quality=TABLE.quality[::-1]),
        replace(CONTRACT, version="9.0.0", file="elsewhere"),
    ],
)
def test_spelling_and_layout_change_nothing(new: Contract) -> None:
    assert compare(CONTRACT, new, "departures").items == ()


def test_rules_without_a_name_are_found_again_by_what_they_say() -> None:
    """Keys of such rules are positions, which move when one is added before them."""
    before = with_table(quality=(replace(RULE, key="0"), replace(SQL, key="1")))
    after = with_table(
        quality=(replace(SQL, key="0", query="new"), replace(RULE, key="1"), replace(SQL, key="2"))
    )
    change = compare(before, after, "departures")
    assert [item.what for item in change.items] == ["quality rule `0` was added"]


def test_every_breaking_item_says_what_breaks() -> None:
    for _, _, new in CASES:
        assert all(item.breaks for item in compare(CONTRACT, new, "departures").breaking)


def test_the_worst_comes_first() -> None:
    new = replace(
        with_column(DELAY, physical_type="VARCHAR"), description="x", end_of_life="2030-01-01"
    )
    assert [i.level for i in compare(CONTRACT, new, "departures").items] == [
        "major",
        "minor",
        "patch",
    ]


def test_taking_a_port_away_is_major() -> None:
    assert removed("departures").level == "major"


# --- algebra over generated contracts ---------------------------------------------------------------

_TYPES = ("", "TINYINT", "INTEGER", "BIGINT", "VARCHAR(5)", "VARCHAR", "DOUBLE", "DECIMAL(9,2)",
          "DECIMAL(12,3)", "STRUCT(a INTEGER)", "STRUCT(a BIGINT, b DATE)", "NOTATYPE(1)")  # fmt: skip
_BOUNDS = st.builds(
    Threshold,
    st.sampled_from(("mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeLessOrEqualTo")),
    st.integers(0, 3),
)
_RULES = st.builds(
    QualityRule,
    key=st.sampled_from(("r1", "r2")),
    kind=st.sampled_from(("library", "text")),
    metric=st.sampled_from(("rowCount", "nullValues")),
    thresholds=st.lists(_BOUNDS, max_size=2).map(tuple),
    severity=st.sampled_from(("error", "warning")),
    description=st.sampled_from(("", "words")),
)
_COLUMNS = st.builds(
    ContractColumn,
    name=st.sampled_from("abcd"),
    logical_type=st.sampled_from(("", "string", "integer")),
    physical_type=st.sampled_from(_TYPES),
    options=st.dictionaries(
        st.sampled_from(("minimum", "maximum", "pattern")), st.integers(0, 2), max_size=2
    ),
    required=st.booleans(),
    unique=st.booleans(),
    key_position=st.integers(0, 2),
    enum=st.none() | st.sets(st.sampled_from("xyz")).map(lambda s: tuple(sorted(s))),
    classification=st.sampled_from(("", "confidential")),
    description=st.sampled_from(("", "words")),
)
_LEVELS = st.builds(
    ServiceLevel,
    name=st.sampled_from(("latency", "retention", "endOfLife", "mood")),
    value=st.integers(1, 3),
    unit=st.sampled_from(("", "h", "d")),
)
_CONTRACTS = st.builds(
    Contract,
    id=st.just("c"),
    version=st.just("1.0.0"),
    status=st.sampled_from(("active", "draft", "deprecated")),
    api_version=st.just("v3.2.0"),
    objects=st.builds(
        ContractObject,
        name=st.just("t"),
        columns=st.lists(_COLUMNS, max_size=3, unique_by=lambda c: c.name).map(tuple),
        quality=st.lists(_RULES, max_size=2, unique_by=lambda r: r.key).map(tuple),
    ).map(lambda table: (table,)),
    service_levels=st.lists(_LEVELS, max_size=2, unique_by=lambda s: s.name).map(tuple),
    end_of_life=st.sampled_from(("", "2030-01-01", "2031-01-01")),
    quarantine=st.none() | st.builds(Quarantine, rows=st.integers(0, 2)),
)


def rank(old: Contract, new: Contract) -> int:
    return LEVELS.index(compare(old, new, "t").level)


@given(_CONTRACTS)
def test_a_contract_does_not_differ_from_itself(contract: Contract) -> None:
    assert compare(contract, contract, "t").items == ()


@given(_CONTRACTS, _CONTRACTS, _CONTRACTS)
def test_two_steps_are_at_least_as_bad_as_one(a: Contract, b: Contract, c: Contract) -> None:
    """A breaking change cannot be smuggled in by way of harmless ones."""
    assert rank(a, c) <= max(rank(a, b), rank(b, c))


@given(_CONTRACTS, _COLUMNS)
def test_adding_a_column_is_minor_and_removing_it_is_major(
    contract: Contract, column: ContractColumn
) -> None:
    [table] = contract.objects
    added = replace(column, name="new", key_position=0)
    more = replace(contract, objects=(replace(table, columns=(*table.columns, added)),))
    assert compare(contract, more, "t").level == "minor"
    assert compare(more, contract, "t").level == "major"


@given(_CONTRACTS, _CONTRACTS)
def test_both_ways_cannot_be_harmless_where_types_or_values_differ(
    a: Contract, b: Contract
) -> None:
    def promised(contract: Contract) -> Callable[[], object] | object:
        return [
            (c.name, c.required, c.unique, c.key_position > 0, c.enum and set(c.enum))
            for c in sorted(contract.objects[0].columns, key=lambda c: c.name)
        ]

    if promised(a) != promised(b):
        assert max(rank(a, b), rank(b, a)) == LEVELS.index("major")
