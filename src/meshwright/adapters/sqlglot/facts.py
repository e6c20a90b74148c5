"""What one SELECT reads, calls and gives, from sqlglot's tree.

sqlglot's names move between releases; nothing of it leaves this package.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ParseError, SqlglotError

from meshwright.adapters.sqlglot.functions import is_reaching
from meshwright.adapters.sqlglot.lexer import (
    BROKEN,
    PARAMETER,
    QUOTED,
    WORD,
    Token,
    line_and_column,
    tokens,
)
from meshwright.adapters.sqlglot.text import RESERVED, digest_of
from meshwright.errors import ModelError
from meshwright.spi.sql_reader import SqlFacts

_DIALECT = DuckDB()
_STARTS = frozenset(("select", "from", "with", "values", "table", "("))
_SELECTS = (exp.Select, exp.SetOperation, exp.Values, exp.Subquery)
_CHANGES = (exp.DML, exp.DDL, exp.Command)
_REFUSED = frozenset(("insert", "update", "delete", "merge", "create", "copy", "?"))
_OPEN = {"'": "string", '"': "quoted name", "/": "comment", "$": "dollar-quoted string"}


def tree_of(sql: str) -> exp.Expression:
    """Parse one SELECT of DuckDB's dialect; raise what `facts_of` raises."""
    cut = list(tokens(sql))
    _require_select(sql, cut)
    tree = _parse(sql)
    if any(token.text.lower() in _REFUSED for token in cut):
        _Reads(sql).walk(tree)  # it says what is refused, and where
    return tree


def facts_of(sql: str) -> SqlFacts:
    """Read one SELECT of DuckDB's dialect; raise `ModelError` with `line:column` as its place."""
    cut = list(tokens(sql))
    _require_select(sql, cut)
    tree = _parse(sql)
    reads = _Reads(sql)
    reads.walk(tree)
    called = _called(cut, reads.alias_starts)
    lines = dict(reads.lines)
    for name, start in called.items():
        lines[f"{name}("] = line_and_column(sql, start)[0]
    parameters = {t.text[1:]: t.start for t in reversed(cut) if t.kind == PARAMETER}
    for name, start in parameters.items():
        lines[f"${name}"] = line_and_column(sql, start)[0]
    return SqlFacts(
        tables=frozenset(reads.tables),
        parameters=frozenset(parameters),
        functions=frozenset(called),
        columns=_columns(tree),
        digest=digest_of(cut),
        reaching=frozenset(name for name in called if is_reaching(name)),
        lines=lines,
    )


def _require_select(sql: str, cut: Sequence[Token]) -> None:
    """Refuse what is no single SELECT before sqlglot sees it: it guesses where it does not know."""
    body = [token for token in cut if token.text != ";"]
    if not body:
        raise ModelError(
            "model-empty", "the model holds no SQL", hint="write one SELECT", place="1:1"
        )
    if cut[-1].kind == BROKEN:
        what = _OPEN.get(cut[-1].text[:1])
        problem = f"a {what} is never closed" if what else f"`{cut[-1].text}` makes no sense here"
        raise _invalid(sql, cut[-1].start, problem)
    if body[0].text.lower() not in _STARTS:
        raise _not_select(sql, body[0].start, f"it starts with `{body[0].text}`")
    inner = next((a for a, b in pairwise(cut) if a.text == ";" != b.text), None)
    if inner is not None:
        raise _not_select(sql, inner.start, "another statement follows this `;`")
    for first, second in pairwise(cut):
        if first.text == second.text == ",":
            raise _invalid(sql, second.start, "nothing stands between two commas")
        if first.text == "{" and second.text in ("{", "%") and second.start == first.end:
            raise ModelError(
                "sql-templating",
                "templating with `{{ }}` is not part of a model",
                hint="declare a parameter under `params` of build.yaml and write `$name`",
                place="{}:{}".format(*line_and_column(sql, first.start)),
            )


def _parse(sql: str) -> exp.Expression:
    try:
        # with this much context, what stands before the error tells where it is; its line is wrong
        parsed = _DIALECT.parse(sql, error_message_context=len(sql))
        trees = [tree for tree in parsed if tree is not None]
    except ParseError as error:
        found = error.errors[0]
        word = str(found.get("highlight") or "").partition("\n")[0]
        what = str(found["description"]).partition("\n")[0].rstrip(".").replace("`", "'")
        near = f" near `{word}`" if word else ""
        position = len(str(found.get("start_context") or ""))
        raise _invalid(sql, position, f"{what[:1].lower()}{what[1:]}{near}") from error
    except (SqlglotError, RecursionError) as error:
        raise ModelError("sql-invalid", "this is not SQL that can be read", place="1:1") from error
    if len(trees) != 1 or not isinstance(trees[0], _SELECTS):
        raise _not_select(sql, 0, "it is something else")
    return trees[0]


def _invalid(sql: str, position: int, problem: str) -> ModelError:
    place = "{}:{}".format(*line_and_column(sql, position))
    return ModelError("sql-invalid", f"this is not SQL that can be read: {problem}", place=place)


def _not_select(sql: str, position: int, problem: str) -> ModelError:
    return ModelError(
        "model-not-select",
        f"a model is exactly one SELECT: {problem}",
        hint="write one SELECT; `with … as (…)` names its steps",
        place="{}:{}".format(*line_and_column(sql, position)),
    )


class _Reads:
    """Collects the tables that a tree reads and does not define itself."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.tables: set[str] = set()
        self.lines: dict[str, int] = {}
        self.alias_starts: set[int] = set()

    def walk(self, tree: exp.Expression) -> None:
        """Visit every node with the CTE names that it can see."""
        stack: list[tuple[exp.Expression, frozenset[str]]] = [(tree, frozenset())]
        while stack:
            node, names = stack.pop()
            with_ = node.args.get("with_")
            if with_ is not None:
                names = self._enter(with_, names, stack)
            self._look(node, names)
            stack.extend((child, names) for child in node.iter_expressions() if child is not with_)

    def _enter(
        self,
        with_: exp.Expression,
        names: frozenset[str],
        stack: list[tuple[exp.Expression, frozenset[str]]],
    ) -> frozenset[str]:
        """Push the CTEs, each with the names before it (and, in a recursive part, its own)."""
        for cte in with_.expressions:
            own = names | {cte.alias.lower()}
            body = cte.this
            if with_.args.get("recursive") and isinstance(body, exp.SetOperation):
                stack += ((body.this, names), (body.expression, own))
                inner = body.args.get("with_")
                if inner is not None:
                    stack.append((body, own))
            else:
                stack.append((body, names))
            stack += ((child, names) for child in cte.iter_expressions() if child is not body)
            names = own
        return names

    def _look(self, node: exp.Expression, names: frozenset[str]) -> None:
        if isinstance(node, exp.Table):
            self._add(node, names)
        elif isinstance(node, exp.TableAlias):
            for part in (node.this, *node.columns):
                if isinstance(part, exp.Identifier) and "start" in part.meta:
                    self.alias_starts.add(part.meta["start"])
        elif isinstance(node, _CHANGES):
            raise _not_select(self.sql, 0, f"it holds `{node.key}`")
        elif isinstance(node, exp.Placeholder) and not node.args.get("this"):
            raise ModelError(
                "parameter-positional",
                "a parameter has a name, `?` has none",
                hint="write `$name`",
                place="1:1",
            )

    def _add(self, table: exp.Table, names: frozenset[str]) -> None:
        parts = [part for part in table.parts if isinstance(part, exp.Identifier)]
        if not parts or len(parts) != len(table.parts):
            return  # a table function: its name is among the called ones
        written = [part.this if part.quoted else part.this.lower() for part in parts]
        if len(written) == 1 and written[0].lower() in names:
            return
        name = ".".join(written)
        self.tables.add(name)
        line = line_and_column(self.sql, parts[0].meta.get("start", 0))[0]
        self.lines[name] = min(line, self.lines.get(name, line))


def _called(cut: Sequence[Token], aliases: set[int]) -> dict[str, int]:
    """Return each name that stands before a parenthesis, with where: functions, types, no aliases."""
    called: dict[str, int] = {}
    for token, after in pairwise(cut):
        if after.text != "(" or token.kind not in (WORD, QUOTED) or token.start in aliases:
            continue
        name = token.text.strip('"').lower()
        if token.kind == QUOTED or name not in RESERVED:
            called.setdefault(name, token.start)
    return called


def _columns(tree: exp.Expression) -> tuple[str, ...]:
    """Return the output names when every one is plain (an alias or a column), else nothing."""
    while isinstance(tree, exp.SetOperation | exp.Subquery):
        tree = tree.this
    if not isinstance(tree, exp.Select):
        return ()
    names = list(_output_names(tree))
    return tuple(names) if all(names) else ()


def _output_names(select: exp.Select) -> Iterator[str]:
    for item in select.expressions:
        is_plain = isinstance(item, exp.Alias | exp.Column) and not item.is_star
        yield item.output_name if is_plain else ""
