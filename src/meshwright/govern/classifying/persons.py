"""Detectors of who a person is: names, dates of birth, identifiers, what forms ask for."""

import re
from datetime import UTC, datetime
from statistics import median

from meshwright.govern.classifying.finding import Finding, Seen, named, of_persons, percent
from meshwright.govern.classifying.headers import plain
from meshwright.govern.classifying.names import person_share, place_share
from meshwright.govern.classifying.national import find_scheme
from meshwright.govern.classifying.values import GENDERS, MARITAL

_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?=\d{4}\Z|\D|\Z)|(?<=[./-])(1[89]\d\d|20\d\d)(?!\d)")
_SHORT_YEAR = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2}")


def find_name(seen: Seen) -> Finding | None:
    """Names of persons: by the header and the shape, or by common names where the header says little."""
    sample = seen.sample
    looks = sample.share("name")
    if (
        not seen.is_text
        or looks < 0.6
        or sample.distinct < 3
        or sample.words > 5
        or sample.length > 50
    ):
        return None
    word, weak = seen.header.word("person_name"), seen.header.word("person_name", weak=True)
    persons, places = person_share(sample.values), place_share(sample.values)
    reasons = (percent("common names of persons", persons), percent("shape of names", looks))
    if word and places < 0.25 and (sample.distinctness > 0.02 or persons > 0.3):
        return seen.found("person_name", 0.95 if persons > 0.1 else 0.85, named(word), *reasons)
    if weak and places < 0.15 and persons >= 0.35 and sample.distinctness > 0.02:
        return seen.found("person_name", 0.85, named(weak), *reasons)
    is_full = sample.words >= 1.5 or (sample.length < 5 and persons > 0.8)
    if persons >= 0.6 and places < 0.06 and looks >= 0.8 and is_full and sample.distinct > 10:
        return seen.found("person_name", 0.75, *reasons)
    return None


def find_name_of_persons(seen: Seen) -> Finding | None:
    """Names under a header that only perhaps says so (`nom`, `name`), where the rows are persons."""
    sample, weak = seen.sample, seen.header.word("person_name", weak=True)
    if not weak or not seen.is_text or not seen.around.persons or seen.around.things:
        return None
    looks = sample.share("name")
    if (
        looks < 0.85
        or sample.distinct <= 10
        or sample.words > 5
        or place_share(sample.values) >= 0.15
    ):
        return None
    return seen.found(
        "person_name", 0.72, named(weak), percent("shape of names", looks), seen.around.persons
    )


def find_birth(seen: Seen) -> Finding | None:
    """Dates and years of birth: the header, with dates that lie in the past."""
    word = seen.header.word("birth_date", weak=True)
    if not word or not seen.sample.values:
        return None
    this_year = datetime.now(UTC).year
    years = [int(y) for y in map(_year, seen.sample.values) if y]
    short = seen.sample.share("date") >= 0.6 and len(years) < 0.5 * len(seen.sample.values)
    if (
        short
        and sum(map(bool, map(_SHORT_YEAR.fullmatch, seen.sample.values)))
        < len(seen.sample.values) / 2
    ):
        return None
    if not short and (
        len(years) < 0.6 * len(seen.sample.values)
        or median(years) > this_year
        or max(years) > this_year + 10
    ):
        return None
    if not short and seen.sample.share("date") < 0.5 and seen.sample.share("number") < 0.8:
        return None
    what = "two-digit years" if short else "dates or years in the past"
    return of_persons(
        seen,
        "birth_date",
        0.9,
        named(word),
        percent(what, seen.sample.share("date")) if short else what,
    )


def _year(value: str) -> str:
    found = _YEAR.search(value)
    return (found[1] or found[2]) if found else ""


def find_age(seen: Seen) -> Finding | None:
    """Ages in years: the header, with numbers that ages are, in rows that are persons."""
    word, sample = seen.header.word("age"), seen.sample
    if not word and seen.around.persons:
        word = seen.header.word("age", weak=True)
    if not word or sample.share("number") < 0.85 or sample.distinct < 4:
        return None
    ages = [
        float(v.replace(",", "."))
        for v in sample.values
        if v.replace(",", ".").replace(".", "", 1).isdigit()
    ]
    fits = sum(1 for age in ages if age <= 120) / len(sample.values)
    if fits < 0.85 or not ages or max(a for a in ages if a <= 120) <= 19:
        return None
    return of_persons(seen, "age", 0.75, named(word), percent("numbers up to 120", fits))


def find_gender(seen: Seen) -> Finding | None:
    """Sex and gender: the header, with the words or codes for it."""
    word = seen.header.word("gender", weak=True)
    if not word:
        return None
    share = seen.sample.weighted(lambda value: plain(value) in GENDERS)
    if share >= 0.7:
        return of_persons(seen, "gender", 0.85, named(word), percent("words for a gender", share))
    if (
        seen.header.word("gender")
        and seen.sample.weighted(lambda v: v in ("0", "1", "2", "9")) > 0.9
    ):
        return of_persons(seen, "gender", 0.65, named(word), "coded in numbers")
    return None


def find_marital_status(seen: Seen) -> Finding | None:
    """Marital status: the header, with words or few codes for it."""
    word = seen.header.word("marital_status", weak=True)
    if not word:
        return None
    share = seen.sample.weighted(lambda value: any(part in plain(value) for part in MARITAL))
    if share >= 0.5:
        return seen.found("marital_status", 0.9, named(word), percent("words for a status", share))
    if seen.header.word("marital_status") and 1 < seen.sample.distinct <= 12:
        return of_persons(seen, "marital_status", 0.65, named(word), "few codes")
    return None


def find_nationality(seen: Seen) -> Finding | None:
    """Nationality of persons."""
    word = seen.header.word("nationality")
    if not word or not seen.is_text or seen.sample.share("words") < 0.7 or seen.sample.distinct < 2:
        return None
    return of_persons(seen, "nationality", 0.75, named(word))


def find_income(seen: Seen) -> Finding | None:
    """Income of persons: the header, with amounts."""
    sample = seen.sample
    word, weak = seen.header.word("income"), seen.header.word("income", weak=True)
    if not weak or sample.share("number") < 0.85 or sample.distinct < 8:
        return None
    if word:
        return of_persons(seen, "income", 0.7, named(word), "amounts")
    return (
        seen.found("income", 0.7, named(weak), seen.around.persons) if seen.around.persons else None
    )


def find_national_id(seen: Seen) -> Finding | None:
    """National and tax identifiers, by their check digits."""
    sample, word = seen.sample, seen.header.word("national_id")
    if (
        sample.share("identifier") < 0.7
        or sample.distinct < (3 if word else 20)
        or sample.length < 6
    ):
        return None
    if not word and (sample.share("date") > 0.9 or sample.distinctness < 0.5):
        return None
    country, good = find_scheme(sample.values, is_named=bool(word))
    if not country:
        return None
    what = percent(f"valid identifiers of {country}", good)
    return seen.found("national_id", 0.97 if word else 0.8, named(word), what)


def find_named_id(seen: Seen) -> Finding | None:
    """National and tax identifiers without check digits: the header and the shape, of persons."""
    sample, word = seen.sample, seen.header.word("national_id")
    if not word or sample.share("identifier") < 0.7 or sample.distinct < 3:
        return None
    if sample.distinctness < 0.5 or not 6 <= sample.length <= 20:
        return None
    is_vague = len(word) < 5 or word in ("idnumber", "idno", "idnr")
    confidence = 0.55 if is_vague and not seen.around.persons else 0.78
    return seen.found(
        "national_id", confidence, named(word), "shape of identifiers", seen.around.persons
    )


def find_document(seen: Seen) -> Finding | None:
    """Numbers of passports, identity cards and driving licences: the header and the shape."""
    word, sample = seen.header.word("document_number"), seen.sample
    if (
        not word
        or sample.share("identifier") < 0.7
        or sample.distinctness < 0.5
        or sample.length < 6
    ):
        return None
    return seen.found("document_number", 0.82, named(word), "shape of identifiers")


def find_vehicle(seen: Seen) -> Finding | None:
    """Licence plates: the header and the shape."""
    word, sample = seen.header.word("vehicle"), seen.sample
    is_plate = sample.share("identifier") >= 0.7 and 4 <= sample.length <= 11
    if not word or not is_plate or sample.distinctness < 0.2 or not seen.is_text:
        return None
    return seen.found("vehicle", 0.75, named(word), "shape of licence plates")
