"""`mesh score`: how mature products and domains are, and what to do next."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from meshwright.cli import console
from meshwright.model.counted import counted

if TYPE_CHECKING:
    from meshwright.govern.scores import Score

SHOWN = 8


@click.command(
    epilog="""\b
Examples:
  mesh score                     every product, and the mean of its domain
  mesh score sales.orders        one product, with all that would raise it
  mesh score sales.orders --history
  mesh score --json"""
)
@click.argument("select", nargs=-1)
@click.option("--history", is_flag=True, help="What one product scored over time.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, select: tuple[str, ...], history: bool, as_json: bool) -> None:
    """Show how well products are documented, contracted, observed, governed and used.

    A product is certified when the first four are at least 90 % and nothing is wrong with it now: nobody
    types the badge.
    """
    mesh = console.open_mesh(ctx)
    if history:
        if len(select) != 1:
            raise click.UsageError("--history is of one product: mesh score sales.orders --history")
        _history(select[0], mesh.score_history(select[0]), as_json)
        return
    scores = mesh.score(*select)
    if as_json:
        console.put_json(
            {"products": [_shape(score) for score in scores], "domains": mesh.domain_scores(scores)}
        )
    elif len(scores) == 1:
        _page(scores[0])
    else:
        _table(scores, mesh.domain_scores(scores))


def _shape(score: "Score") -> dict[str, Any]:
    return {
        "product": score.product,
        "total": round(score.total, 2),
        "is_certified": score.is_certified,
        "withheld": list(score.withheld),
        "aspects": [asdict(aspect) for aspect in score.aspects],
    }


def _table(scores: "tuple[Score, ...]", domains: dict[str, dict[str, float]]) -> None:
    from meshwright.cli import tables

    if not scores:
        console.put("there is no product to score")
        return
    names = [aspect.name for aspect in scores[0].aspects]
    rows = []
    for domain, means in domains.items():
        rows.append((domain, *(f"{means[name]:.0%}" for name in names), ""))
        for score in scores:
            of_domain, _, product = score.product.partition(".")
            if of_domain == domain:
                shares = [f"{aspect.score:.0%}" for aspect in score.aspects]
                badge = "certified" if score.is_certified else ""
                rows.append((f"  {product}", *shares, badge))
    headers = ("product", *names, "badge")
    tables.out().print(tables.table(headers, rows, right=tuple(names)))
    steps = [(score.product, _next(score)) for score in scores if _next(score)]
    if steps:
        console.put("")
        tables.out().print(tables.table(("product", "do next"), steps))


def _next(score: "Score") -> str:
    lowest = min(score.aspects[:4], key=lambda aspect: aspect.score)
    return lowest.todo[0] if lowest.todo else ""


def _page(score: "Score") -> None:
    console.put(f"{score.product}  {score.total:.0%}{'  certified' if score.is_certified else ''}")
    for aspect in score.aspects:
        bar = "█" * round(aspect.score * 20)
        console.put(f"  {aspect.name:<11}{aspect.score:>5.0%}  {bar}")
        for todo in aspect.todo[:SHOWN]:
            console.put(f"      {todo}")
        if len(aspect.todo) > SHOWN:
            console.put(f"      and {counted(len(aspect.todo) - SHOWN, 'more step')}: --json")
    if score.withheld:
        console.put(f"not certified: {'; '.join(score.withheld)}")


def _history(product: str, past: Any, as_json: bool) -> None:
    if as_json:
        console.put_json({"product": product, "history": [asdict(one) for one in past]})
        return
    if not past:
        console.put(f"{product} was never scored: mesh score {product}")
        return
    from meshwright.cli import tables

    names = list(past[0].scores)
    rows = [
        (
            one.at[:16].replace("T", " "),
            *(f"{one.scores[name]:.0%}" for name in names),
            "certified" if one.is_certified else "",
        )
        for one in past
    ]
    tables.out().print(tables.table(("from (UTC)", *names, "badge"), rows, right=tuple(names)))
