"""Classify every labelled table with Presidio's pattern recognisers: runs in the environment `presidio`.

All predefined recognisers of every country that need no model are registered for English; the language model is a blank spaCy
pipeline. A column is of the entity that most of its values hold, where at least a third hold it: lower
shares only cost precision. The header is given as context, which raises scores as Presidio's own structured
package does.
"""

import json
import logging
import sys
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers
from presidio_analyzer.nlp_engine import SpacyNlpEngine

DATA = Path(__file__).resolve().parent / ".data" / "classify"
MOST, SHARE, SURE = 10, 1 / 3, 0.4
SKIPPED = (
    "SpacyRecognizer",
    "StanzaRecognizer",
    "TransformersRecognizer",
    "Remote",
    "Azure",
    "GLiNER",
    "Gliner",
    "LangExtract",
    "LM",
    "HuggingFace",
)
logging.disable(logging.CRITICAL)


class BlankEngine(SpacyNlpEngine):
    """A tokenizer without a model."""

    def __init__(self) -> None:
        super().__init__()
        self.nlp = {"en": spacy.blank("en")}

    def load(self) -> None:
        return None

    def is_loaded(self) -> bool:
        return True


def engine() -> AnalyzerEngine:
    registry = RecognizerRegistry(recognizers=[], supported_languages=["en"])
    for name in sorted(dir(predefined_recognizers)):
        made = getattr(predefined_recognizers, name)
        if not isinstance(made, type) or any(part in name for part in SKIPPED):
            continue
        try:
            registry.add_recognizer(made(supported_language="en"))
        except Exception:
            continue
    return AnalyzerEngine(registry=registry, nlp_engine=BlankEngine(), supported_languages=["en"])


def main(half: str) -> None:
    labels = json.loads((DATA / "labels.json").read_text())[half]
    analyzer = engine()
    found, cells, start = {}, 0, time.process_time()
    for table in labels:
        rows = pq.read_table(DATA / half / (table.replace("/", "__") + ".parquet"))
        found[table] = {}
        for name in rows.column_names:
            values = list(dict.fromkeys(str(v) for v in rows[name].to_pylist() if v is not None))[
                :MOST
            ]
            cells += len(values)
            held = Counter()
            for value in values:
                results = analyzer.analyze(
                    text=value, language="en", context=[name], score_threshold=SURE
                )
                held.update({r.entity_type for r in results if r.end - r.start >= len(value) * 0.6})
            if held and held.most_common(1)[0][1] >= SHARE * len(values):
                kind, count = held.most_common(1)[0]
                found[table][name] = [kind, round(count / len(values), 2)]
    seconds = time.process_time() - start
    print()
    json.dump({"found": found, "cells": cells, "seconds": seconds}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
