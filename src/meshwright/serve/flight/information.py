"""What Flight SQL clients ask about the server itself."""

from collections.abc import Sequence

import pyarrow

from meshwright import __version__

NAME, VERSION, ARROW_VERSION, READ_ONLY, SPEAKS_SQL, SUBSTRAIT = range(6)
TRANSACTIONS, CANCELS = 8, 9
_TEXT, _BOOL, _BIG, _INT, _TEXTS, _MAP = range(6)
_SAID: dict[int, tuple[int, object]] = {
    NAME: (_TEXT, "meshwright"),
    VERSION: (_TEXT, __version__),
    ARROW_VERSION: (_TEXT, pyarrow.__version__),
    READ_ONLY: (_BOOL, True),
    SPEAKS_SQL: (_BOOL, True),
    SUBSTRAIT: (_BOOL, False),
    TRANSACTIONS: (_INT, 0),
    CANCELS: (_BOOL, True),
    500: (_BOOL, False),  # makes catalogs
    501: (_BOOL, False),  # makes schemas
    502: (_BOOL, False),  # makes tables
    503: (_INT, 1),  # names ignore letter case
    504: (_TEXT, '"'),
    505: (_INT, 1),
}
_VALUES = (
    ("string_value", pyarrow.string()),
    ("bool_value", pyarrow.bool_()),
    ("bigint_value", pyarrow.int64()),
    ("int32_bitmask", pyarrow.int32()),
    ("string_list", pyarrow.list_(pyarrow.field("string_data", pyarrow.string()))),
    (
        "int32_to_int32_list_map",
        pyarrow.map_(pyarrow.int32(), pyarrow.list_(pyarrow.field("$data$", pyarrow.int32()))),
    ),
)
SCHEMA = pyarrow.schema(
    [
        pyarrow.field("info_name", pyarrow.uint32(), nullable=False),
        pyarrow.field(
            "value",
            pyarrow.dense_union([pyarrow.field(name, kind) for name, kind in _VALUES]),
            nullable=False,
        ),
    ]
)


def information(wanted: Sequence[int]) -> pyarrow.Table:
    """Return what is asked of the server; all that is known where nothing is named."""
    chosen = [number for number in _SAID if not wanted or number in wanted]
    held: list[list[object]] = [[] for _ in _VALUES]
    kinds, offsets = [], []
    for number in chosen:
        kind, value = _SAID[number]
        kinds.append(kind)
        offsets.append(len(held[kind]))
        held[kind].append(value)
    union = pyarrow.UnionArray.from_dense(
        pyarrow.array(kinds, pyarrow.int8()),
        pyarrow.array(offsets, pyarrow.int32()),
        [pyarrow.array(values, kind) for values, (_, kind) in zip(held, _VALUES, strict=True)],
        [name for name, _ in _VALUES],
    )
    return pyarrow.Table.from_arrays(
        [pyarrow.array(chosen, pyarrow.uint32()), union], schema=SCHEMA
    )
