"""Detectors of what the law protects most, and of what opens doors: cards, accounts, secrets."""

import re

from meshwright.govern.classifying.finding import Finding, Seen, named, of_persons, percent
from meshwright.govern.classifying.headers import plain
from meshwright.govern.classifying.sample import SHAPES
from meshwright.govern.classifying.validators import is_card, is_iban, share
from meshwright.govern.classifying.values import ORIGINS, RELIGIONS

MANY = 500  # distinct values of what has codes, wrong ones counted
_BLOOD, _ICD10 = re.compile(SHAPES["blood"]), re.compile(SHAPES["icd10"])


def find_card(seen: Seen) -> Finding | None:
    """Numbers of payment cards: prefix and length of a network, and the Luhn digit."""
    if seen.sample.share("card") < 0.7 or seen.sample.distinct < 3:
        return None
    good, word = share(seen.sample.values, is_card), seen.header.word("payment_card")
    if good < 0.7 or (not word and seen.sample.distinct < 10):
        return None
    return seen.found(
        "payment_card", 0.98 if word else 0.93, named(word), percent("valid card numbers", good)
    )


def find_account(seen: Seen) -> Finding | None:
    """Bank accounts: IBANs by their check digits, others by the header."""
    sample, word = seen.sample, seen.header.word("bank_account")
    if sample.share("iban") >= 0.6:
        good = share(sample.values, is_iban)
        if good >= 0.6:
            return seen.found("bank_account", 0.98, named(word), percent("valid IBANs", good))
    is_number = sample.share("identifier") >= 0.7 or sample.share("iban") >= 0.7
    if word and is_number and sample.distinctness > 0.3 and 6 <= sample.length <= 34:
        return seen.found("bank_account", 0.72, named(word), "shape of account numbers")
    return None


def find_credential(seen: Seen) -> Finding | None:
    """Passwords, keys and tokens: the header, with values that hardly repeat."""
    word, sample = seen.header.word("credential"), seen.sample
    if not word or not seen.is_text or sample.length < 4 or sample.distinctness < 0.3:
        return None
    if (
        max(sample.share("date"), sample.share("flag"), sample.share("url")) > 0.5
        or sample.words > 2
    ):
        return None
    return seen.found("credential", 0.9, named(word), "values hardly repeat")


def find_health(seen: Seen) -> Finding | None:
    """Health: ICD-10 codes, blood types, or words under a header that says so."""
    sample, word = seen.sample, seen.header.word("health")
    blood = _weigh(seen, "blood", _BLOOD) if sample.distinct <= MANY else 0.0
    if blood >= 0.6 and (word or (blood >= 0.9 and sample.distinct >= 4)):
        return seen.found(
            "health", 0.96 if word else 0.85, named(word), percent("blood types", blood)
        )
    codes = _weigh(seen, "icd10", _ICD10) if word else sample.share("icd10_dotted")
    if word and codes >= 0.6:
        return of_persons(seen, "health", 0.95, named(word), percent("ICD-10 codes", codes))
    if codes >= 0.9 and sample.distinct >= 10:
        return of_persons(seen, "health", 0.7, percent("ICD-10 codes", codes))
    if not word or sample.share("date") > 0.5:
        return None
    if seen.is_text and (sample.share("words") > 0.5 or sample.share("flag") > 0.7):
        return of_persons(seen, "health", 0.72, named(word))
    if sample.distinct <= 3 and sample.share("flag") == 1:
        return of_persons(seen, "health", 0.62, named(word), "yes or no")
    return None


def _weigh(seen: Seen, shape: str, pattern: re.Pattern[str]) -> float:
    """Return the share of rows with a shape, where some values have it: few codes fill many rows."""
    if seen.sample.share(shape) < 0.02:
        return 0.0
    return seen.sample.weighted(lambda value: pattern.fullmatch(value) is not None)


def find_biometric(seen: Seen) -> Finding | None:
    """Biometric and genetic data: the header, with templates, vectors or sequences."""
    word, sample = seen.header.word("biometric"), seen.sample
    is_vector = (
        sample.type in ("FLOAT", "DOUBLE")
        and sample.share("number") > 0.9
        and sample.distinctness > 0.5
    )
    is_binary = sample.type == "BLOB" or is_vector
    is_long = seen.is_text and sample.length >= 16 and sample.distinctness > 0.3
    if not word or not (is_binary or is_long or (word == "genotype" and seen.is_text)):
        return None
    return seen.found("biometric", 0.8, named(word), "templates, vectors or sequences")


def find_ethnicity(seen: Seen) -> Finding | None:
    """Racial or ethnic origin: the header, with words for it."""
    sample, word = seen.sample, seen.header.word("ethnicity")
    weak = seen.header.word("ethnicity", weak=True)
    if not weak or sample.distinct < 2:
        return None
    good = sample.weighted(lambda value: any(part in plain(value) for part in ORIGINS))
    if good >= 0.5 and sample.share("date") < 0.5:
        return of_persons(
            seen,
            "ethnicity",
            0.9 if word else 0.75,
            named(weak),
            percent("words for origins", good),
        )
    if not word:
        return None
    if word.startswith(("ethn", "etn")) and seen.is_text and sample.share("words") > 0.7:
        return of_persons(seen, "ethnicity", 0.8, named(word))
    if sample.distinct <= 12 and sample.share("number") > 0.9 and seen.around.persons:
        return of_persons(seen, "ethnicity", 0.65, named(word), "few codes")
    return None


def find_religion(seen: Seen) -> Finding | None:
    """Religion or belief: the header, with words."""
    word, sample = seen.header.word("religion"), seen.sample
    if not word or not seen.is_text or sample.distinct < 2 or sample.share("words") < 0.6:
        return None
    good = sample.weighted(lambda value: any(part in plain(value) for part in RELIGIONS))
    if good < 0.3 and not seen.around.persons:
        return None
    return of_persons(
        seen,
        "religion",
        0.92 if good >= 0.3 else 0.75,
        named(word),
        percent("words for religions", good),
    )


def find_opinion(seen: Seen) -> Finding | None:
    """Political opinion, union membership, sexual orientation, criminal record: the header, with answers."""
    sample = seen.sample
    for kind in ("politics", "sexuality", "crime"):
        word = seen.header.word(kind)
        answers = sample.share("words") > 0.6 or sample.share("flag") > 0.7
        if word and answers and sample.distinct >= 2:
            return of_persons(seen, kind, 0.78, named(word))
    return None
