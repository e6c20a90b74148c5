"""Models: what their SQL reads, fingerprints, statements to run, intervals, and model tests."""

from meshwright.transform.cached_reader import CachedSqlReader
from meshwright.transform.fingerprint import data_key, model_codes, product_code
from meshwright.transform.graph import ModelGraph, ModelNode, Reach
from meshwright.transform.model_test import ModelTestOutcome, run_test
from meshwright.transform.reading import read_models
from meshwright.transform.statements import Statement, literals_of, statements

__all__ = [
    "CachedSqlReader",
    "ModelGraph",
    "ModelNode",
    "ModelTestOutcome",
    "Reach",
    "Statement",
    "data_key",
    "literals_of",
    "model_codes",
    "product_code",
    "read_models",
    "run_test",
    "statements",
]
