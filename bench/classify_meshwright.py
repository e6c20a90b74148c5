"""Classify every labelled table with Meshwright and say what was found, in JSON on stdout.

As `mesh classify` does: one session, for each table one query for shapes and values, then the validators. `cells` are the distinct values that were looked at, `seconds` CPU of this process and its threads.
"""

import json
import sys
import time
from pathlib import Path

from meshwright.govern.classifying.classify import classify_table
from meshwright.govern.classifying.sample import sample_columns
from meshwright.spi import plugins
from meshwright.spi.engine import Grant

DATA = Path(__file__).resolve().parent / ".data" / "classify"


def main(half: str) -> None:
    labels = json.loads((DATA / "labels.json").read_text())[half]
    paths = {t: DATA / half / (t.replace("/", "__") + ".parquet") for t in labels}
    session = plugins.load("engines", "duckdb")().open(Grant(read=tuple(paths.values()), threads=1))
    found, cells, start = {}, 0, time.process_time()
    for number, (table, path) in enumerate(paths.items()):
        name = f"t{number}"
        session.scan(name, [path])
        columns = session.columns(f"SELECT * FROM {name}")
        rows = int(str(session.rows(f"SELECT count(*) FROM {name}")[0][0]))
        samples = sample_columns(session, name, columns, rows)
        cells += sum(len(sample.values) for _, sample in samples)
        findings = classify_table(samples, (table.split("/")[1],))
        found[table] = {c: [f.kind, f.confidence] for c, f in findings.items()}
    seconds = time.process_time() - start
    json.dump({"found": found, "cells": cells, "seconds": seconds}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
