from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from meshwright.adapters.duckdb.pool import DuckDBQueryPool
from meshwright.spi.query_pool import QueryPool
from meshwright.testing.query_pool import COLUMNS, ROWS, QueryPoolConformance


class TestDuckDBQueryPool(QueryPoolConformance):
    @classmethod
    def make_pool(cls, **options: int | float) -> QueryPool:
        return DuckDBQueryPool(**options)  # type: ignore[arg-type]

    @classmethod
    def write_rows(cls, path: Path) -> None:
        columns = zip(*ROWS, strict=True)
        names = [column.name for column in COLUMNS]
        pq.write_table(pa.table(dict(zip(names, map(list, columns), strict=True))), path)
