"""Say which columns of one table look personal, of which kind, how surely, and why.

Twice through the columns: what is certain by itself tells what a row stands for, and that weighs the rest. A
postal code beside names is where somebody lives; beside names of shops it is not.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from meshwright.govern.classifying import contacts, persons, sensitive
from meshwright.govern.classifying.finding import SUGGESTED_FROM, Around, Finding, Seen
from meshwright.govern.classifying.headers import Header
from meshwright.govern.classifying.names import place_share
from meshwright.govern.classifying.sample import ColumnSample
from meshwright.govern.classifying.values import COUNTS, PERSONS, THINGS, THINGS_OF_TABLES

# Two lists, each in the order in which one wins over another that is as sure. What the first say rests on
# the column alone; what the second say rests on the table around it too.
_CERTAIN = (
    contacts.find_email, sensitive.find_card, sensitive.find_account, contacts.find_mac, contacts.find_ip,
    persons.find_national_id, persons.find_document, sensitive.find_credential, contacts.find_device,
    contacts.find_phone, contacts.find_username, persons.find_name, persons.find_vehicle,
    contacts.find_in_text,
)  # fmt: skip
_WEIGHED = (
    persons.find_birth, sensitive.find_health, sensitive.find_religion, sensitive.find_ethnicity,
    sensitive.find_opinion, sensitive.find_biometric, persons.find_gender, persons.find_marital_status,
    persons.find_nationality, persons.find_age, persons.find_income, persons.find_named_id,
    persons.find_name_of_persons, contacts.find_address, contacts.find_postal_code, contacts.find_location,
)  # fmt: skip
# What makes a row a person, and what only an attribute of persons can be.
_ANCHORS = frozenset(
    (
        "email", "person_name", "birth_date", "national_id", "document_number", "payment_card", "username",
        "credential", "religion", "marital_status",
    )
)  # fmt: skip


def classify_table(
    samples: Sequence[tuple[str, ColumnSample]], table: Iterable[str] = ()
) -> dict[str, Finding]:
    """Return what is to be suggested, by column; `table` are the words that name the table."""
    seen = [(column, Seen(Header(sample.name), sample)) for column, sample in samples]
    certain = [_best(one, _CERTAIN) for _, one in seen]
    first = [
        _surer(sure, _best(one, _WEIGHED)) for sure, (_, one) in zip(certain, seen, strict=True)
    ]
    around = _around(seen, first, tuple(table))
    found: dict[str, Finding] = {}
    for sure, (column, one) in zip(certain, seen, strict=True):
        finding = _surer(sure, _best(replace(one, around=around), _WEIGHED))
        if finding is None or finding.confidence < SUGGESTED_FROM:
            continue
        if column not in found or found[column].confidence < finding.confidence:
            inner = one.sample.name.removeprefix(column).strip()
            where = (f"in its field `{inner}`",) if inner else ()
            found[column] = replace(finding, evidence=(*where, *finding.evidence))
    return found


Detector = Callable[[Seen], Finding | None]


def _best(seen: Seen, detectors: Sequence[Detector]) -> Finding | None:
    if not seen.sample.values and seen.sample.type != "BLOB":
        return None
    best: Finding | None = None
    for detect in detectors:
        best = _surer(best, detect(seen))
    return best


def _surer(one: Finding | None, other: Finding | None) -> Finding | None:
    if one is None or other is None:
        return one or other
    return other if other.confidence > one.confidence else one


def _around(
    seen: Sequence[tuple[str, Seen]], first: Sequence[Finding | None], table: Sequence[str]
) -> Around:
    """Say what a row stands for, with the column that shows it."""
    named = {token for name in table for token in Header(name).tokens}
    said = [(column, finding) for (column, _), finding in zip(seen, first, strict=True) if finding]
    anchors = [(c, f.kind) for c, f in said if f.kind in _ANCHORS and f.confidence >= 0.7]
    things = next((c for c, one in seen if one.header.has(THINGS)), "")
    if things and all(kind == "birth_date" for _, kind in anchors):
        anchors = []  # animals are born too
    keyed = next((c for c, one in seen if _names_person(one.header)), "")
    if not things and not anchors:
        things = next((c for c, one in seen if _is_of_places(one)), "")
    things = things or next(iter(sorted(named & THINGS_OF_TABLES)), "")
    persons = anchors[0][0] if anchors else keyed
    counted = next((c for c, one in seen if one.header.has(COUNTS) and _counts(one)), "")
    is_counted = counted and len(said) < 3 and not anchors
    return Around(
        _persons(persons, said, named) if persons or not things else "",
        f"rows are no persons: `{things}`" if things else "",
        f"rows count many: `{counted}`" if is_counted else "",
    )


def _persons(shown_by: str, said: Sequence[tuple[str, Finding]], table: set[str]) -> str:
    """Return the evidence that rows are persons; '' where there is none."""
    if shown_by:
        return f"rows are persons: `{shown_by}` says so"
    if table & PERSONS:
        return "rows are persons: the table's name says so"
    if {finding.kind for _, finding in said} >= {"age", "gender"}:
        return "rows are persons: they have an age and a gender"
    return ""


def _names_person(header: Header) -> bool:
    return (
        bool(header.has(PERSONS))
        and not header.has(THINGS)
        and bool({"id", "no", "nr", "number", "key", "code"} & set(header.tokens))
    )


def _counts(seen: Seen) -> bool:
    return seen.sample.share("number") > 0.9 and len(seen.header.tokens) == 1


def _is_of_places(seen: Seen) -> bool:
    """Say whether a column names places, companies or things."""
    if (
        not seen.is_text
        or seen.sample.distinct < 5
        or not seen.header.word("person_name", weak=True)
    ):
        return False
    return place_share(seen.sample.values) >= 0.25
