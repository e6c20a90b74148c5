"""Judge one property of an ODCS object: its types, its options, its enumeration."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal

from meshwright.documents.document import Document, Path
from meshwright.documents.patterns import pattern_problem
from meshwright.documents.wording import show
from meshwright.model.json_value import Json
from meshwright.model.problem import Problem

_BOUNDS = (
    ("minLength", "maxLength"),
    ("minimum", "maximum"),
    ("minimum", "exclusiveMaximum"),
    ("exclusiveMinimum", "maximum"),
    ("exclusiveMinimum", "exclusiveMaximum"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)
_LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_PARSERS: dict[str, Callable[[str], date | datetime | time]] = {
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
    "time": time.fromisoformat,
}
_EXAMPLES = {"date": "2013-01-31", "timestamp": "2013-01-31T12:00:00", "time": "12:00:00"}
_ENUM_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "date": (str,),
    "timestamp": (str,),
    "time": (str,),
    "integer": (int,),
    "number": (int, float, Decimal),
    "boolean": (bool,),
}


def entries(value: Json | None, path: Path) -> Iterator[tuple[Path, dict[str, Json]]]:
    """Yield each mapping of a list with its path; nothing where there is no list."""
    for index, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, dict):
            yield (*path, index), item


class ColumnJudge:
    """Collects the problems of columns, one after the other."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.problems: list[Problem] = []

    def judge(self, column: Mapping[str, Json], path: Path) -> None:
        """Judge one property."""
        options = column.get("logicalTypeOptions")
        logical = str(column.get("logicalType") or "")
        if isinstance(options, dict):
            self._options(options, logical, (*path, "logicalTypeOptions"))
        if isinstance(column.get("enum"), list):
            self._enum(column, logical, path)

    def _add(
        self, code: str, text: str, path: Path, hint: str = "", severity: str = "error"
    ) -> None:
        self.problems.append(self._document.problem(code, text, path, hint=hint, severity=severity))

    def _options(self, options: Mapping[str, Json], logical: str, path: Path) -> None:
        if options and not logical:
            text = "logicalTypeOptions mean nothing without a `logicalType`"
            self._add("option-without-type", text, path, "add the column's `logicalType`")
        if "pattern" in options:
            where = (*path, "pattern")
            self.problems.extend(pattern_problem(self._document, options["pattern"], where))
        values = {key: options[key] for pair in _BOUNDS for key in pair if key in options}
        if logical in _PARSERS:
            values = self._moments(values, logical, path)
        for low, high in _BOUNDS:
            if low in values and high in values:
                self._bounds(low, high, values, options, path)

    def _moments(self, values: dict[str, Json], logical: str, path: Path) -> dict[str, Json]:
        parse = _PARSERS[logical]
        readable: dict[str, Json] = {}
        for key, value in values.items():
            try:
                readable[key] = parse(str(value)).isoformat()
            except ValueError:
                if key in _LIMITS:
                    text = f"`{key}` must be an ISO {logical}, not {show(value)}"
                    self._add(
                        "option-value", text, (*path, key), f"for example {_EXAMPLES[logical]}"
                    )
        return readable

    def _bounds(
        self,
        low: str,
        high: str,
        values: Mapping[str, Json],
        options: Mapping[str, Json],
        path: Path,
    ) -> None:
        least, most = values[low], values[high]
        if type(least) is not type(most) and (isinstance(least, str) or isinstance(most, str)):
            return
        is_open = "exclusive" in low or "exclusive" in high
        if least > most or (is_open and least == most):  # type: ignore[operator]
            text = f"no value can be: `{low}` is {options[low]}, `{high}` is {options[high]}"
            self._add("option-contradiction", text, (*path, low), "exchange them, or remove one")

    def _enum(self, column: Mapping[str, Json], logical: str, path: Path) -> None:
        wanted = _ENUM_TYPES.get(logical)
        seen: list[Json] = []
        for where, entry in entries(column["enum"], (*path, "enum")):
            value = entry.get("value")
            if value in seen and any(
                type(value) is type(other) for other in seen if other == value
            ):
                self._add(
                    "enum-duplicate", f"the value {show(value)} stands twice", (*where, "value")
                )
            seen.append(value)
            if wanted is None or value is None:
                continue
            if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
                text = f"{show(value)} cannot be a value of a column of type {logical}"
                hint = (
                    "put quotes around text" if str in wanted else "write the value without quotes"
                )
                self._add("enum-type", text, (*where, "value"), hint)
