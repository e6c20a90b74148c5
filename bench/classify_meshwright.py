"""Classify every labelled table with Meshwright and say what was found, in JSON on stdout.

As `mesh classify` does: one session, a query for shapes and values of up to 48 columns, then the validators. `cells` are the distinct values that were looked at, `seconds` CPU of this process and its threads.
"""

import json
import sys
import time
from pathlib import Path

from meshwright.govern.classifying.classify import classify_table
from meshwright.govern.classifying.sample import Table, sample_tables
from meshwright.spi import plugins
from meshwright.spi.engine import Reach

DATA = Path(__file__).resolve().parent / ".data" / "classify"


def main(half: str) -> None:
    labels = json.loads((DATA / "labels.json").read_text())[half]
    paths = {t: DATA / half / (t.replace("/", "__") + ".parquet") for t in labels}
    session = plugins.load("engines", "duckdb")().open(Reach(read=tuple(paths.values()), threads=1))
    found, cells, start = {}, 0, time.process_time()
    tables = []
    for number, path in enumerate(paths.values()):
        session.scan(f"t{number}", [path])
        columns = session.columns(f"SELECT * FROM t{number}")
        rows = int(str(session.rows(f"SELECT count(*) FROM t{number}", trusted=True)[0][0]))
        tables.append(Table(f"t{number}", columns, rows))
    for table, samples in zip(paths, sample_tables(session, tables), strict=True):
        cells += sum(len(sample.values) for _, sample in samples)
        findings = classify_table(samples, (table.split("/")[1],))
        found[table] = {c: [f.kind, f.confidence] for c, f in findings.items()}
    seconds = time.process_time() - start
    json.dump({"found": found, "cells": cells, "seconds": seconds}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
