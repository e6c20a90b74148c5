"""SQL types as values: reads the spelling of DuckDB (and the usual aliases) into a small tree.

Pure and total: whatever text comes in, the result is a type or one `UsageError` (`type-invalid`). Names
are upper-case and canonical (`int` is `INTEGER`, `timestamptz` is `TIMESTAMP WITH TIME ZONE`); a name that
is not known is kept, so that an engine's own types still compare.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from meshwright.errors import UsageError

ALIASES = {
    "BIGINT": ("INT8", "LONG", "INT64"),
    "BIT": ("BITSTRING",),
    "BLOB": ("BYTEA", "BINARY", "VARBINARY"),
    "BOOLEAN": ("BOOL", "LOGICAL"),
    "DECIMAL": ("NUMERIC", "DEC"),
    "DOUBLE": ("FLOAT8", "DOUBLE PRECISION"),
    "FLOAT": ("FLOAT4", "REAL"),
    "HUGEINT": ("INT128",),
    "INTEGER": ("INT4", "INT", "SIGNED", "INT32", "INTEGRAL"),
    "SMALLINT": ("INT2", "SHORT", "INT16"),
    "TIME": ("TIME WITHOUT TIME ZONE",),
    "TIME WITH TIME ZONE": ("TIMETZ",),
    "TIMESTAMP": ("DATETIME", "TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP_US", "TIMESTAMP_NTZ"),
    "TIMESTAMP WITH TIME ZONE": ("TIMESTAMPTZ",),
    "TINYINT": ("INT1", "BYTE"),
    "UBIGINT": ("UINT64",),
    "UHUGEINT": ("UINT128",),
    "UINTEGER": ("UINT32",),
    "USMALLINT": ("UINT16",),
    "UTINYINT": ("UINT8",),
    "VARCHAR": ("TEXT", "STRING", "CHAR", "BPCHAR", "NVARCHAR", "CHARACTER VARYING", "CHARACTER"),
}
_CANONICAL = {alias: name for name, aliases in ALIASES.items() for alias in aliases}
_SUFFIXES = ("WITH TIME ZONE", "WITHOUT TIME ZONE")
_TOKEN = re.compile(
    r"""\s*(?:(?P<quoted>"(?:[^"]|"")*")|(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+)"""
    r"""|(?P<word>[^\W\d]\w*)|(?P<mark>[(),\[\]]))""",
)
_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class SqlType:
    """One type. `parameters` are precision and scale, a length, or an enum's values.

    `fields` are a STRUCT's (or UNION's) names and types; `element` is a LIST's or ARRAY's; `key` and `value`
    are a MAP's. A LIST has no parameters, a fixed ARRAY has its length.
    """

    name: str
    parameters: tuple[int | str, ...] = ()
    fields: tuple[tuple[str, "SqlType"], ...] = ()
    element: "SqlType | None" = None
    key: "SqlType | None" = None
    value: "SqlType | None" = None

    @property
    def is_nested(self) -> bool:
        """Say whether other types are inside."""
        return bool(self.fields or self.element or self.key)

    def walk(self) -> Iterator["SqlType"]:
        """Yield this type and every type inside it, outermost first."""
        yield self
        inside = [inner for _, inner in self.fields]
        for inner in (*inside, self.element, self.key, self.value):
            if inner is not None:
                yield from inner.walk()

    def __str__(self) -> str:
        if self.element is not None:
            length = self.parameters[0] if self.parameters else ""
            return f"{self.element}[{length}]"
        if self.key is not None:
            return f"MAP({self.key}, {self.value})"
        if self.fields:
            return f"{self.name}({', '.join(f'{_quote(n)} {t}' for n, t in self.fields)})"
        if self.parameters:
            return f"{self.name}({','.join(_literal(p) for p in self.parameters)})"
        return self.name


@lru_cache(maxsize=4096)
def parse_type(text: str) -> SqlType:
    """Read a SQL type; raise `UsageError` (`type-invalid`) where it is none."""
    parser = _Parser(text)
    found = parser.read_type(0)
    parser.expect_end()
    return found


def _quote(name: str) -> str:
    plain = re.fullmatch(r"[a-z_][a-z0-9_]*", name)
    return name if plain else '"' + name.replace('"', '""') + '"'


def _literal(parameter: int | str) -> str:
    return (
        str(parameter) if isinstance(parameter, int) else "'" + parameter.replace("'", "''") + "'"
    )


def _canonical(name: str) -> str:
    return _CANONICAL.get(name, name)


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._split()
        self.at = 0

    def _split(self) -> list[tuple[str, str]]:
        tokens, position, end = [], 0, len(self.text.rstrip())
        while position < end:
            match = _TOKEN.match(self.text, position)
            if match is None or match.lastgroup is None:
                raise self._wrong()
            tokens.append((match.lastgroup, match[match.lastgroup]))
            position = match.end()
        return tokens

    def _wrong(self) -> UsageError:
        return UsageError(
            "type-invalid",
            f"`{self.text}` is not a SQL type",
            hint="a type looks like `INTEGER`, `DECIMAL(18,3)`, `VARCHAR[]` or `STRUCT(a DATE)`",
        )

    def _peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def _next(self) -> tuple[str, str]:
        token = self._peek()
        self.at += 1
        return token

    def _accept(self, mark: str) -> bool:
        if self._peek() == ("mark", mark):
            self.at += 1
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._accept(mark):
            raise self._wrong()

    def expect_end(self) -> None:
        if self._peek()[0] != "end":
            raise self._wrong()

    def read_type(self, depth: int) -> SqlType:
        if depth > _DEEPEST:
            raise self._wrong()
        found = self._read_plain(depth)
        while self._accept("["):
            length: tuple[int, ...] = ()
            if self._peek()[0] == "number":
                length = (int(self._next()[1]),)
            self._expect("]")
            found = SqlType("ARRAY" if length else "LIST", length, element=found)
        return found

    def _read_plain(self, depth: int) -> SqlType:
        name = self._read_name()
        if name in ("STRUCT", "ROW", "UNION") and self._accept("("):
            return SqlType(
                "UNION" if name == "UNION" else "STRUCT", fields=self._read_fields(depth)
            )
        if name == "MAP" and self._accept("("):
            key = self.read_type(depth + 1)
            self._expect(",")
            value = self.read_type(depth + 1)
            self._expect(")")
            return SqlType("MAP", key=key, value=value)
        parameters = self._read_parameters() if self._accept("(") else ()
        return self._with_suffix(name, parameters)

    def _read_name(self) -> str:
        group, text = self._next()
        if group == "quoted":
            return text[1:-1].replace('""', '"').upper()
        if group != "word":
            raise self._wrong()
        words = [text.upper()]
        pairs = {"DOUBLE": "PRECISION", "CHARACTER": "VARYING"}
        if pairs.get(words[0]) == self._peek()[1].upper():
            words.append(self._next()[1].upper())
        return _canonical(" ".join(words))

    def _with_suffix(self, name: str, parameters: tuple[int | str, ...]) -> SqlType:
        ahead = " ".join(text.upper() for _, text in self.tokens[self.at : self.at + 3])
        if name in ("TIME", "TIMESTAMP") and ahead in _SUFFIXES:
            self.at += 3
            name = _canonical(f"{name} {ahead}")
        return SqlType(name, parameters)

    def _read_parameters(self) -> tuple[int | str, ...]:
        found: list[int | str] = []
        while True:
            group, text = self._next()
            if group == "number":
                found.append(int(text))
            elif group == "text":
                found.append(text[1:-1].replace("''", "'"))
            else:
                raise self._wrong()
            if self._accept(")"):
                return tuple(found)
            self._expect(",")

    def _read_fields(self, depth: int) -> tuple[tuple[str, SqlType], ...]:
        found: list[tuple[str, SqlType]] = []
        while True:
            group, text = self._next()
            if group not in ("quoted", "word"):
                raise self._wrong()
            name = text[1:-1].replace('""', '"') if group == "quoted" else text
            found.append((name, self.read_type(depth + 1)))
            if self._accept(")"):
                return tuple(found)
            self._expect(",")
