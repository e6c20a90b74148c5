"""Whole tables: what is personal is found, and what only looks like it is not."""

import random
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from meshwright.govern.classifying.classify import classify_table
from meshwright.govern.classifying.finding import Finding
from meshwright.govern.classifying.sample import MOST_VALUES, Table, sample_tables
from meshwright.spi import plugins
from meshwright.spi.engine import Reach

FIRST = ("Anna", "Peter", "Maria", "John", "Laura", "Pablo", "Ewa", "Jan", "Sofia", "Mehmet")
LAST = (
    "Smith",
    "Novak",
    "Rossi",
    "Garcia",
    "Meyer",
    "Yilmaz",
    "Kowalski",
    "Silva",
    "Jansen",
    "Larsson",
)
CHANCE = random.Random(7)
ROWS = 120


def classified(
    folder: Path, columns: dict[str, Sequence[object]], table: str = "t"
) -> dict[str, Finding]:
    path = folder / "table.parquet"
    pq.write_table(pa.table({name: list(values) for name, values in columns.items()}), path)
    session = plugins.load("engines", "duckdb")().open(Reach(read=(path,), threads=1))
    try:
        session.scan("t", [path])
        rows = len(next(iter(columns.values())))
        (samples,) = sample_tables(session, [Table("t", session.columns("SELECT * FROM t"), rows)])
    finally:
        session.close()
    return classify_table(samples, (table,))


def kinds(found: dict[str, Finding]) -> dict[str, str]:
    return {column: finding.kind for column, finding in found.items()}


def some(make: object) -> list[object]:
    return [make(n) for n in range(ROWS)]  # type: ignore[operator]


def card(number: int) -> str:
    body = f"4{number:014d}"
    total = sum(
        sum(divmod(int(d) * (2 if i % 2 == 0 else 1), 10)) for i, d in enumerate(reversed(body))
    )
    return body + str(-total % 10)


PEOPLE = {
    "customer_id": some(lambda n: n + 1),
    "vorname": some(lambda n: FIRST[n % 10]),
    "nachname": some(lambda n: LAST[n // 12]),
    "kontakt": some(lambda n: f"{FIRST[n % 10]}{n}@example.org".lower()),
    "mobil": some(lambda n: f"+49 151 2345{n:04d}"),
    "geb_dat": some(lambda n: f"{1 + n % 28:02d}.{1 + n % 12:02d}.{1950 + n % 50}"),
    "strasse": some(lambda n: f"Hauptstrasse {n}"),
    "plz": some(lambda n: f"{10115 + n}"),
    "geschlecht": some(lambda n: ("m", "w", "d")[n % 3]),
    "col_7": some(lambda n: card(n * 7919)),
    "diagnose": some(lambda n: f"{'ABCDE'[n % 5]}{n % 90:02d}.{n % 9}"),
    "konfession": some(lambda n: ("evangelisch", "katholisch", "none")[n % 3]),
    "bestellungen": some(lambda n: n % 9),
}


def test_a_table_of_customers_is_found_in_its_own_language(tmp_path):
    assert kinds(classified(tmp_path, PEOPLE)) == {
        "vorname": "person_name", "nachname": "person_name", "kontakt": "email", "mobil": "phone",
        "geb_dat": "birth_date", "strasse": "address", "plz": "postal_code", "geschlecht": "gender",
        "col_7": "payment_card", "diagnose": "health", "konfession": "religion",
    }  # fmt: skip


def test_evidence_holds_reasons_and_shares_but_no_value(tmp_path):
    texts = " ".join(text for f in classified(tmp_path, PEOPLE).values() for text in f.evidence)
    assert "e-mail addresses: 100% of distinct values" in texts
    for column in (
        "vorname",
        "nachname",
        "kontakt",
        "mobil",
        "geb_dat",
        "strasse",
        "col_7",
        "konfession",
    ):
        assert not [value for value in PEOPLE[column] if str(value) in texts]


@pytest.mark.parametrize(
    "columns",
    [
        {"name": some(lambda n: f"{LAST[n % 10]} Airport"), "faa": some(lambda n: f"A{n}"),
         "lat": some(lambda n: 40 + n / 777), "lon": some(lambda n: -70 - n / 777), "zip": some(lambda n: 10000 + n)},
        {"store_id": some(lambda n: n), "store_name": some(lambda n: f"{LAST[n % 10]} GmbH {n}"),
         "store_address": some(lambda n: f"{n} Main Street")},
        {"order_id": some(lambda n: card(n)[1:12]), "email_verified": some(lambda n: "yn"[n % 2]),
         "phone_count": some(lambda n: n % 4), "version": some(lambda n: f"1.2.{n % 9}.{n % 99}")},
        {"species": some(lambda n: "ab"[n % 2]), "sex": some(lambda n: ("male", "female")[n % 2]),
         "age": some(lambda n: n % 30)},
        {"sex": ["male", "female"] * 10, "age": [20, 30, 40, 50, 60] * 4, "Freq": list(range(20))},
        {"disease": some(lambda n: ("measles", "mumps")[n % 2]), "count": some(lambda n: n * 3)},
        {"country": some(lambda n: f"land {n}"), "income": some(lambda n: n * 100.5), "race_time": some(lambda n: f"1:{n}")},
        {"uuid": some(lambda n: f"{n:032x}"), "sku": some(lambda n: f"AB-{n:05d}"), "epoch": some(lambda n: 1_600_000_000 + n * 977)},
        {"ean": some(lambda n: f"400638133{n:04d}"), "tracking": some(lambda n: f"8{n:015d}")},
        {"product_name": some(lambda n: ("Grace Chair", "Lily Lamp", "Rose Table", "Oak Desk")[n % 4]), "brand": some(lambda n: LAST[n % 10])},
    ],
)  # fmt: skip
def test_what_only_looks_personal_is_left_alone(tmp_path, columns):
    assert kinds(classified(tmp_path, columns)) == {}


def test_gaps_junk_and_words_for_nothing_do_not_hide_a_column(tmp_path):
    mails = [
        None if n % 3 == 0 else "n/a" if n % 7 == 0 else f" a{n}@example.org " for n in range(300)
    ]
    mails[5] = mails[17] = "call me"
    assert kinds(classified(tmp_path, {"x": mails})) == {"x": "email"}


def test_postal_codes_and_coordinates_are_personal_only_beside_persons(tmp_path):
    codes = {
        "plz": PEOPLE["plz"],
        "lat": some(lambda n: 52 + n / 977),
        "lon": some(lambda n: 13 + n / 977),
    }
    assert kinds(classified(tmp_path, codes)) == {}
    with_names = kinds(classified(tmp_path, {**codes, "nachname": PEOPLE["nachname"]}))
    assert with_names == {
        "plz": "postal_code",
        "lat": "location",
        "lon": "location",
        "nachname": "person_name",
    }


def test_a_field_inside_makes_its_column_personal(tmp_path):
    inner = [{"mail": f"a{n}@example.org", "n": n} for n in range(50)]
    found = classified(tmp_path, {"contact": inner})
    assert kinds(found) == {"contact": "email"}
    assert found["contact"].evidence[0] == "in its field `mail`"


def test_text_that_holds_addresses_is_told(tmp_path):
    notes = [
        f"please write to a{n}@example.org about it" if n % 5 == 0 else f"nothing to say about {n}"
        for n in range(100)
    ]
    assert kinds(classified(tmp_path, {"notes": notes})) == {"notes": "contact_in_text"}


def test_a_sample_holds_a_thousand_values_at_most_and_is_the_same_each_time(tmp_path):
    path = tmp_path / "many.parquet"
    pq.write_table(pa.table({"n": list(range(50_000))}), path)
    seen = []
    for _ in range(2):
        session = plugins.load("engines", "duckdb")().open(Reach(read=(path,), threads=1))
        session.scan("t", [path])
        (samples,) = sample_tables(
            session, [Table("t", session.columns("SELECT * FROM t"), 50_000)]
        )
        session.close()
        seen.append(samples[0][1])
    assert len(seen[0].values) == MOST_VALUES
    assert seen[0].filled < 25_000
    assert seen[0] == seen[1]
