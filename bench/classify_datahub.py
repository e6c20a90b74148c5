"""Classify every labelled table with DataHub's classifier: runs in the environment `datahub`.

Its own rules and weights (`input1` of its tests is what its documentation shows); a column gets the info type
that it proposes first, at its usual confidence of 0.68. Its spaCy model is in no package registry: name and
address, which need one, rest on the header alone.
"""

import json
import logging
import sys
import time
import warnings
from pathlib import Path

import pyarrow.parquet as pq
import spacy

DATA = Path(__file__).resolve().parent / ".data" / "classify"
MOST, SURE = 100, 0.68
logging.disable(logging.CRITICAL)
warnings.filterwarnings("ignore")  # the package says that it is no longer kept
spacy.load = lambda *_, **__: spacy.blank("en")  # else it would download a model


def main(half: str) -> None:
    from datahub_classify.helper_classes import ColumnInfo, Metadata
    from datahub_classify.infotype_predictor import predict_infotypes
    from datahub_classify.reference_input import input1

    labels = json.loads((DATA / "labels.json").read_text())[half]
    found, cells, start = {}, 0, time.process_time()
    for table in labels:
        rows = pq.read_table(DATA / half / (table.replace("/", "__") + ".parquet"))
        columns = []
        for name in rows.column_names:
            values = list(dict.fromkeys(str(v) for v in rows[name].to_pylist() if v is not None))[
                :MOST
            ]
            cells += len(values)
            meta = Metadata(
                {
                    "Name": name,
                    "Description": "",
                    "Datatype": str(rows[name].type),
                    "Dataset_Name": table,
                }
            )
            columns.append(ColumnInfo(meta, values))
        found[table] = {}
        for column in predict_infotypes(columns, SURE, input1, list(input1)):
            if column.infotype_proposals:
                best = max(column.infotype_proposals, key=lambda one: one.confidence_level)
                found[table][column.metadata.name] = [best.infotype, best.confidence_level]
    seconds = time.process_time() - start
    print()
    json.dump({"found": found, "cells": cells, "seconds": seconds}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
