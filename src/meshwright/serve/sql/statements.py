"""What a statement asks of the session: by its first words; all else is a query, and judged as one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from meshwright.serve.sql.faults import WireError
from meshwright.serve.sql.lexing import MARK, NAME, NUMBER, STRING, Token, tokens

QUERY, EMPTY, COPY, SET, SHOW, RESET, BEGIN, COMMIT, ROLLBACK, SAVEPOINT, DECLARE, FETCH, \
    CLOSE, DEALLOCATE, COMMAND = (
    "query", "empty", "copy", "set", "show", "reset", "begin", "commit", "rollback", "savepoint", "declare",
    "fetch", "close", "deallocate", "command",
)  # fmt: skip
ALL = -1


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `sql` is the query in it, `name` and `value` what it is about, `tag` its answer."""

    kind: str
    sql: str = ""
    name: str = ""
    value: str = ""
    tag: str = ""
    count: int = 0
    options: Mapping[str, str] = field(default_factory=dict)


def parse_statement(sql: str) -> Statement:
    """Read a statement; raise `WireError` where a command is malformed."""
    found = list(tokens(sql))
    while found and found[-1].text == ";":
        found.pop()
    if not found:
        return Statement(EMPTY)
    reader = _READERS.get(found[0].word)
    return reader(sql, found) if reader else Statement(QUERY, sql)


def _query(sql: str) -> Statement:
    return Statement(QUERY, sql)


def _words(found: list[Token]) -> list[str]:
    return [token.word for token in found]


def _set(sql: str, found: list[Token]) -> Statement:
    rest = found[1:]
    if (
        rest
        and rest[0].word in ("session", "local")
        and len(rest) > 1
        and rest[1].text not in ("=", ".")
    ):
        rest = rest[1:]
    words = _words(rest)
    if words[:1] in (["transaction"], ["characteristics"], ["constraints"]):
        return Statement(COMMAND, tag="SET")
    if words[:2] == ["time", "zone"]:
        return Statement(SET, name="TimeZone", value=_value(rest[2:]), tag="SET")
    if words[:1] == ["names"]:
        return Statement(SET, name="client_encoding", value=_value(rest[1:]), tag="SET")
    if words[:1] in (["role"], ["authorization"]):
        if rest[1:] and rest[1].value in ("none", "default"):
            return Statement(COMMAND, tag="SET")
        raise WireError(
            "42501", "nobody acts for somebody else here", hint="sign in as who you are"
        )
    for index, token in enumerate(rest):
        if token.text == "=" or token.word == "to":
            name = "".join(part.value for part in rest[:index])
            value = _value(rest[index + 1 :])
            if not name:
                break
            if words[index + 1 :] == ["default"]:
                return Statement(RESET, name=name, tag="SET")
            return Statement(SET, name=name, value=value, tag="SET")
    raise _malformed(sql)


def _value(found: list[Token]) -> str:
    """Return a setting's value: a word or string as it is; a list as written, but for single quotes."""
    if len(found) == 1:
        token = found[0]
        return (
            f'"{token.value}"'
            if token.kind == NAME
            else token.value
            if token.kind == STRING
            else token.text
        )
    parts: list[str] = []
    for token in found:
        if token.text == ",":
            parts.append(", ")
        elif token.kind == STRING:
            parts.append(f'"{token.value}"')
        else:
            parts.append(token.text)
    return "".join(parts)


def _show(sql: str, found: list[Token]) -> Statement:
    words = _words(found[1:])
    if words[:2] == ["time", "zone"]:
        return Statement(SHOW, name="TimeZone")
    if words == ["transaction", "isolation", "level"]:
        return Statement(SHOW, name="transaction_isolation")
    if words == ["session", "authorization"]:
        return Statement(SHOW, name="session_authorization")
    if len(found) < 2:
        raise _malformed(sql)
    return Statement(SHOW, name="".join(token.value for token in found[1:]))


def _reset(sql: str, found: list[Token]) -> Statement:
    if len(found) < 2:
        raise _malformed(sql)
    name = "".join(token.value for token in found[1:])
    return Statement(RESET, name="" if name == "all" else name, tag="RESET")


def _discard(_sql: str, found: list[Token]) -> Statement:
    what = found[1].word if len(found) > 1 else ""
    return Statement(
        DEALLOCATE if what == "all" else COMMAND, name="*", tag=f"DISCARD {what.upper()}"
    )


def _deallocate(_sql: str, found: list[Token]) -> Statement:
    rest = found[2:] if len(found) > 1 and found[1].word == "prepare" else found[1:]
    if not rest:
        raise _malformed(_sql)
    if rest[0].word == "all":
        return Statement(DEALLOCATE, name="", tag="DEALLOCATE ALL")
    return Statement(DEALLOCATE, name=rest[0].value, tag="DEALLOCATE")


def _begin(sql: str, found: list[Token]) -> Statement:
    if found[0].word == "start" and (len(found) < 2 or found[1].word != "transaction"):
        return _query(sql)
    return Statement(BEGIN, tag="START TRANSACTION" if found[0].word == "start" else "BEGIN")


def _commit(_sql: str, _found: list[Token]) -> Statement:
    return Statement(COMMIT, tag="COMMIT")


def _rollback(_sql: str, found: list[Token]) -> Statement:
    if "to" in _words(found):
        return Statement(SAVEPOINT, name="rollback", tag="ROLLBACK")
    return Statement(ROLLBACK, tag="ROLLBACK")


def _savepoint(_sql: str, found: list[Token]) -> Statement:
    return Statement(SAVEPOINT, tag="SAVEPOINT" if found[0].word == "savepoint" else "RELEASE")


def _command(_sql: str, found: list[Token]) -> Statement:
    return Statement(COMMAND, tag=found[0].word.upper())


def _declare(sql: str, found: list[Token]) -> Statement:
    for index, token in enumerate(found):
        if token.word == "for" and index >= 3:
            words = _words(found[2:index])
            if "cursor" not in words:
                break
            options = {"binary": "1"} if "binary" in words else {}
            if "hold" in words and "without" not in words:
                options["hold"] = "1"
            return Statement(
                DECLARE, sql[token.end :], found[1].value, tag="DECLARE CURSOR", options=options
            )
    raise _malformed(sql)


_STEPS = frozenset(("next", "forward", "all", "from", "in"))


def _fetch(sql: str, found: list[Token]) -> Statement:
    name, count = found[-1].value, 1
    for token in found[1:-1]:
        if token.kind == NUMBER and token.text.isdigit():
            count = int(token.text)
        elif token.word == "all":
            count = ALL
        elif token.word not in _STEPS:
            raise WireError("0A000", "cursors go forward here", hint="FETCH FORWARD n FROM name")
    if len(found) < 2:
        raise _malformed(sql)
    return Statement(FETCH, name=name, count=count, tag=found[0].word.upper())


def _close(sql: str, found: list[Token]) -> Statement:
    if len(found) != 2:
        raise _malformed(sql)
    name = "" if found[1].word == "all" else found[1].value
    return Statement(CLOSE, name=name, tag="CLOSE CURSOR" if name else "CLOSE CURSOR ALL")


def _copy(sql: str, found: list[Token]) -> Statement:
    to = _outer(found, "to")
    if to < 0 or to + 1 >= len(found) or found[to + 1].word != "stdout":
        return _query(sql)  # the gate refuses it, and the trail says so
    inner = sql[found[1].start : found[to].start].strip()
    if inner.startswith("("):
        query = inner[1:-1]
    elif found[to - 1].text == ")":
        at = next(index for index, token in enumerate(found) if token.text == "(")
        names = sql[found[at].start : found[to - 1].end][1:-1]
        query = f"SELECT {names} FROM {sql[found[1].start : found[at].start]}"
    else:
        query = f"SELECT * FROM {inner}"
    return Statement(COPY, query, options=_copy_options(found[to + 2 :]))


def _outer(found: list[Token], word: str) -> int:
    depth = 0
    for index, token in enumerate(found):
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == MARK else 0
        if depth == 0 and token.word == word:
            return index
    return -1


_FORMATS = frozenset(("csv", "text", "binary"))
_FLAGS = frozenset(("header",))
_VALUES = frozenset(("format", "delimiter", "null", "quote", "escape", "encoding", "force_quote"))


def _copy_options(found: list[Token]) -> Mapping[str, str]:
    """Read `WITH (FORMAT csv, HEADER)` and the older `CSV HEADER DELIMITER ';'`."""
    options: dict[str, str] = {}
    rest = [
        token for token in found if token.kind != MARK and token.word not in ("with", "as", "using")
    ]
    index = 0
    while index < len(rest):
        word = rest[index].word
        following = rest[index + 1] if index + 1 < len(rest) else None
        if word in _FORMATS:
            options["format"] = word
        elif word in _FLAGS:
            options[word] = "true"
            if following and following.value.lower() in ("true", "on", "1", "false", "off", "0"):
                options[word] = (
                    "true" if following.value.lower() in ("true", "on", "1") else "false"
                )
                index += 1
        elif word in _VALUES and following:
            options[word] = following.value
            index += 1
        else:
            raise WireError("42601", f'COPY has no option "{rest[index].text}" here')
        index += 1
    return options


def _malformed(sql: str) -> WireError:
    return WireError("42601", f"the statement is not complete: {sql.strip()[:60]}")


_READERS = {
    "set": _set,
    "show": _show,
    "reset": _reset,
    "discard": _discard,
    "deallocate": _deallocate,
    "begin": _begin,
    "start": _begin,
    "commit": _commit,
    "end": _commit,
    "rollback": _rollback,
    "abort": _rollback,
    "savepoint": _savepoint,
    "release": _savepoint,
    "listen": _command,
    "unlisten": _command,
    "declare": _declare,
    "fetch": _fetch,
    "move": _fetch,
    "close": _close,
    "copy": _copy,
}
