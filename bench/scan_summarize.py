"""Profile one Parquet file with DuckDB's own SUMMARIZE.

python bench/scan_summarize.py VISITS.parquet     prints the profile as JSON
"""

import json
import sys

import duckdb

if __name__ == "__main__":
    rows = duckdb.connect().execute(f"SUMMARIZE FROM read_parquet('{sys.argv[1]}')").fetchall()
    print(json.dumps([list(map(str, row)) for row in rows], indent=1))
