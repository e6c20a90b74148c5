"""A file that is small and unpacks to very much is refused before anybody reads it."""

import bz2
import gzip
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from meshwright.app.creating.unpacking import require_unpackable
from meshwright.errors import ExhaustedError

MOST = 10_000
ROWS = b"1,2\n" * 100_000


def packed(folder: Path, ending: str, data: bytes) -> Path:
    path = folder / f"a{ending}"
    if ending == ".xlsx":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("xl/worksheets/sheet1.xml", data)
        return path
    if ending.endswith(".gz"):
        text = gzip.compress(data)
    elif ending.endswith(".bz2"):
        text = bz2.compress(data)
    else:
        text = pa.Codec("zstd").compress(data, asbytes=True)
    path.write_bytes(text)
    return path


@pytest.mark.parametrize("ending", [".csv.gz", ".csv.bz2", ".csv.zst", ".xlsx"])
def test_what_unpacks_to_too_much_is_refused(tmp_path: Path, ending: str) -> None:
    path = packed(tmp_path, ending, ROWS)
    assert path.stat().st_size < MOST
    with pytest.raises(ExhaustedError) as caught:
        require_unpackable(path, MOST)
    assert caught.value.code == "file-too-large"
    require_unpackable(path, 4 * len(ROWS))  # a sheet counts four times


def test_two_files_in_one_count_both(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"1" * 9_000) * 2)
    with pytest.raises(ExhaustedError):
        require_unpackable(path, MOST)


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv.bz2", "a.csv.zst", "a.xlsx", "a.csv"])
def test_what_is_broken_or_plain_is_left_to_its_reader(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"nothing of the kind")
    require_unpackable(path, MOST)
