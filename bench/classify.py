"""Finding personal data in columns: precision, recall and speed, against Presidio and DataHub's classifier.

What: every classifier gets the same labelled tables (`classify_labels.py` by hand, `classify_people.py`
invented) and names the columns that hold personal data. A column is right when it is personal and its kind
is one that the label allows. Each half is reported for itself: `dev` was looked at while detectors were
tuned, `held_out` was fixed and committed before any was run.
Why it is fair: peers get at most 100 distinct values of each column (Presidio ten: it takes minutes), and the header, and
their own thresholds, and may name kinds in their own words (`KINDS_OF`). What a peer has no recogniser for
counts as missed, as it does for whoever uses it; the table by kind shows it. Presidio runs its pattern
recognisers without a language model (spaCy's models are in no package registry): names and places, which
need one, are out of its reach here. CPU time is of one process; reading files and starting up count for none.

    python bench/peers.py columns presidio datahub
    bench/.envs/columns/bin/python bench/classify_data.py    the tables, once
    python bench/classify.py                                 the race
    python bench/classify.py --errors dev                    what was wrong, by column
"""

import argparse
import json
import sys
from collections import Counter
from typing import Any

import measure
import peers

HALVES = ("dev", "held_out")
DATA = measure.DATA / "classify"
CONTESTANTS = ("meshwright", "presidio", "datahub")

# What a kind may also be called without being wrong.
ALSO = {
    "national_id": {"document_number"},
    "username": {"person_name"},
    "person_name": {"username"},
}
# The words of the peers for our kinds.
KINDS_OF = {
    "EMAIL_ADDRESS": "email", "PHONE_NUMBER": "phone", "IP_ADDRESS": "ip_address", "MAC_ADDRESS": "mac_address",
    "CREDIT_CARD": "payment_card", "IBAN_CODE": "bank_account", "PERSON": "person_name", "DATE_TIME": "birth_date",
    "LOCATION": "address", "NRP": "nationality", "MEDICAL_LICENSE": "health",
    "Age": "age", "Gender": "gender", "Person_Name": "person_name", "Full_Name": "person_name", "Email_Address": "email",
    "Street_Address": "address", "Credit_Debit_Card_Number": "payment_card", "Phone_Number": "phone",
    "IBAN": "bank_account", "Swift_Code": "", "VIN": "", "IP_Address_v4": "ip_address", "IP_Address_v6": "ip_address",
    "US_Social_Security_Number": "national_id", "US_Driving_License_Number": "document_number",
    "US_BANK_NUMBER": "bank_account", "URL": "", "CRYPTO": "", "UUID": "", "DE_PLZ": "postal_code",
    "UK_POSTCODE": "postal_code",
}  # fmt: skip
# Words that are right where they fit, and no claim that the column is personal elsewhere.
CLAIMS_NOTHING = ("DATE_TIME", "LOCATION", "DE_PLZ", "UK_POSTCODE")


def kind_of(word: str) -> str:
    """Return our kind for a word of a peer: national schemes have a name each."""
    if word in KINDS_OF:
        return KINDS_OF[word]
    if "PASSPORT" in word or "DRIVER" in word or "IDENTITY_CARD" in word:
        return "document_number"
    return "national_id" if word.isupper() else word


def score(labels: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """Count what was right, wrong and missed, by the label's kind."""
    right, wrong, missed, errors = Counter(), Counter(), Counter(), []
    for table, columns in labels.items():
        for column, label in columns.items():
            if label == "?":
                continue
            word = found.get(table, {}).get(column, [""])[0]
            said = kind_of(word) if word else ""
            if word in CLAIMS_NOTHING and said != label:
                said = ""
            is_right = bool(label) and (said == label or said in ALSO.get(label, ()))
            if is_right:
                right[label] += 1
                continue
            if said:
                wrong[said] += 1
            if label:
                missed[label] += 1
            if said or label:
                errors.append((table, column, label, said))
    total = sum(right.values()), sum(wrong.values()), sum(missed.values())
    return {
        "right": total[0],
        "wrong": total[1],
        "missed": total[2],
        "precision": ratio(total[0], total[1]),
        "recall": ratio(total[0], total[2]),
        "by_kind": {k: (right[k], wrong[k], missed[k]) for k in sorted(right | wrong | missed)},
        "errors": errors,
    }


def ratio(good: int, bad: int) -> float:
    return round(good / (good + bad), 3) if good + bad else 0.0


def run(name: str, half: str) -> dict[str, Any]:
    python = sys.executable if name == "meshwright" else peers.get_peer(name).python
    script = measure.BENCH / f"classify_{name}.py"
    sample = measure.run([python, script, half], measure.BENCH)
    return json.loads(sample.output[sample.output.index('{"found"') :])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=CONTESTANTS, help="one contestant")
    parser.add_argument("--errors", choices=HALVES, help="list what was wrong in one half")
    parser.add_argument("--small", action="store_true", help="one half, Meshwright alone")
    arguments = parser.parse_args()
    labels = json.loads((DATA / "labels.json").read_text())
    halves = [arguments.errors] if arguments.errors else HALVES[:1] if arguments.small else HALVES
    only = arguments.only or ("meshwright" if arguments.errors or arguments.small else "")
    results: dict[str, Any] = {}
    for half in halves:
        for name in [only] if only else CONTESTANTS:
            ran = run(name, half)
            scored = score(labels[half], ran["found"])
            scored["cells"], scored["seconds"] = ran["cells"], round(ran["seconds"], 2)
            scored["cells_per_second"] = round(ran["cells"] / ran["seconds"])
            for split, part in (("invented", True), ("real", False)):
                tables = {t: c for t, c in labels[half].items() if (t[2:3] == "_") is part}
                found = score(tables, ran["found"])
                scored[split] = {
                    k: found[k] for k in ("right", "wrong", "missed", "precision", "recall")
                }
            errors = scored.pop("errors")
            if arguments.errors:
                for error in errors:
                    print(*(part or "-" for part in error), sep="\t")
            results[f"{name}, {half}"] = scored
            print(
                f"{name:12} {half:9} precision {scored['precision']:.3f} recall {scored['recall']:.3f}"
                f" (invented {scored['invented']['precision']:.3f}/{scored['invented']['recall']:.3f},"
                f" real {scored['real']['precision']:.3f}/{scored['real']['recall']:.3f})"
                f" {scored['cells_per_second']:,} cells/s"
            )
    if not arguments.errors:
        measure.write_results("classify-small" if arguments.small or only else "classify", results)


if __name__ == "__main__":
    main()
