"""No literal of a classified column leaves an audit: not in examples, profile, reasons or facts."""

import json

from audit_harness import Bench, contract_of, plans

from meshwright.audit import checks_payload, compile_audit, profile_document, run_audit
from meshwright.model.contract import ContractColumn as Column
from meshwright.model.contract import QualityRule, Threshold

SQL = """SELECT i AS id, 'secret' || (i % 7) AS email, 98760 + i % 7 AS pay, i % 3 AS plain,
         {'inner': 'secret' || i} AS nested, 'secret' || i AS extra FROM range(40) t(i)"""


def _query(name: str, sql: str) -> QualityRule:
    return QualityRule(name, "sql", query=sql, thresholds=(Threshold("mustBe", 0),))


COLUMNS = (
    Column("id", key_position=1),
    Column("email", "string", options={"maxLength": 3}, unique=True, enum=("x",),
           classification="confidential", quality=(_query("q", "SELECT max(pay) FROM orders"),)),
    Column("pay", "integer", options={"maximum": 5}, classification="restricted", unique=True),
    Column("plain", "integer", options={"maximum": 1},
           quality=(_query("c", "SELECT email::INT FROM orders"),)),
    Column("nested", properties=(Column("inner", options={"maxLength": 2}, classification="secret"),)),
)  # fmt: skip


def test_classified_values_are_nowhere(place: Bench) -> None:
    """Whatever fails on a classified column shows its key and dots, and its shape is counts."""
    rules = (_query("m", "SELECT max(pay) FROM {object}"),)
    for plan in plans(COLUMNS, place.target(SQL), quality=rules):
        verdict = run_audit(plan, place.session)
        said = json.dumps([profile_document(verdict), checks_payload(verdict), verdict.metrics])
        said += " ".join(sql for sql in verdict.scans if "mesh sample" not in sql)
        assert "secret" not in said
        assert "9876" not in said
        assert "•••" in json.dumps(profile_document(verdict), ensure_ascii=False)
        shapes = {column.column: column for column in verdict.profile.columns}
        for name in ("email", "pay", "nested", "extra"):
            shape = shapes[name]
            assert (shape.minimum, shape.maximum, shape.mean, shape.deviation) == (None,) * 4
            assert (shape.quantiles, shape.histogram, shape.top) == ((), (), ())
        assert shapes["pay"].distinct == 7
        assert shapes["plain"].top


def test_facts_hold_counts_only(place: Bench) -> None:
    """What goes to the ledger is numbers about the data, of a classified column only counts."""
    contract, declared = contract_of(*COLUMNS)
    verdict = run_audit(compile_audit(contract, declared, place.target(SQL)), place.session)
    shapes = {
        name: {m for column, m, _ in verdict.metrics if column == name}
        for name in ("", "pay", "plain")
    }
    counts = {"nulls", "null_share", "distinct", "distinct_share"}
    assert shapes[""] == {"rows", "bytes"}
    assert shapes["pay"] == counts
    assert shapes["plain"] == {*counts, "mean", "deviation"}
    assert all(isinstance(number, float) for _, _, number in verdict.metrics)
    json.dumps(checks_payload(verdict))


def test_examples_name_the_key_and_the_offending_column(place: Bench) -> None:
    """At most 20 rows, each with its key; a repeated key shows how often."""
    contract, declared = contract_of(*COLUMNS)
    verdict = run_audit(compile_audit(contract, declared, place.target(SQL)), place.session)
    examples = {example.check: example for example in verdict.examples}
    assert examples["plain.maximum"].columns == ("id", "plain")
    assert all(row[1] == 2 for row in examples["plain.maximum"].rows)
    assert len(examples["plain.maximum"].rows) == 13
    assert len(examples["email.maxLength"].rows) == 20
    assert examples["email.maxLength"].rows[0] == (0, "•••")
    assert "email.unique" not in examples
