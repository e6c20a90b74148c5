"""What the engine calls an output that has no alias. Where that cannot be told for sure, it is empty."""

from sqlglot import exp

_CALLED: dict[type, str] = {
    exp.Sum: "sum",
    exp.Min: "min",
    exp.Max: "max",
    exp.Avg: "avg",
    exp.Count: "count",
}
_OPERATORS: dict[type, str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}


def title_of(item: exp.Expression) -> str:
    """Return the name of an output column."""
    if isinstance(item, exp.Alias | exp.Column):
        return item.output_name
    if isinstance(item, exp.Dot):
        last = item.expression
        return last.name if isinstance(last, exp.Identifier) else ""
    if isinstance(item, exp.Paren):
        return title_of(item.this)
    return _text(item)


def _text(item: exp.Expression) -> str:
    """Return an expression as the engine writes it; empty but for the plainest ones."""
    if isinstance(item, exp.Column):
        parts = [part.name for part in item.parts]
        return ".".join(parts) if all(map(_is_plain, parts)) else ""
    if isinstance(item, exp.Literal):
        return f"'{item.name}'" if item.is_string else item.name
    if type(item) in _OPERATORS:
        left, right = _text(item.this), _text(item.args["expression"])
        return f"({left} {_OPERATORS[type(item)]} {right})" if left and right else ""
    name = _CALLED.get(type(item))
    if name is None or any(
        value for key, value in item.args.items() if key not in ("this", "big_int")
    ):
        return ""
    if isinstance(item.this, exp.Star):
        return "count_star()" if name == "count" and not item.this.args.get("except_") else ""
    inner = _text(item.this) if isinstance(item.this, exp.Expression) else ""
    return f"{name}({inner})" if inner else ""


def _is_plain(name: str) -> bool:
    return name.isidentifier() and name.isascii()
