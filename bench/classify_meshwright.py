"""Classify every labelled table with Meshwright and say what was found, in JSON on stdout.

As `mesh classify` does: one session over one Parquet file, one query for shapes and values, then the
validators. `cells` are the distinct values that were looked at, `seconds` CPU of this process and its threads.
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
    engine = plugins.load("engines", "duckdb")()
    found, cells, start = {}, 0, time.process_time()
    for table in labels:
        path = DATA / half / (table.replace("/", "__") + ".parquet")
        session = engine.open(Grant(read=(path,), threads=1))
        try:
            session.scan("t", [path])
            columns = session.columns("SELECT * FROM t")
            rows = int(str(session.rows("SELECT count(*) FROM t")[0][0]))
            samples = sample_columns(session, "t", columns, rows)
        finally:
            session.close()
        cells += sum(len(sample.values) for _, sample in samples)
        findings = classify_table(samples, (table.split("/")[1],))
        found[table] = {c: [f.kind, f.confidence] for c, f in findings.items()}
    seconds = time.process_time() - start
    json.dump({"found": found, "cells": cells, "seconds": seconds}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
