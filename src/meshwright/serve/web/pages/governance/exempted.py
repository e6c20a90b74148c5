"""What is let pass for a time: exemptions of rules, waivers of checks, words on columns."""

from starlette.responses import Response

from meshwright.app.exemptions import list_exemptions
from meshwright.app.policy.files import load_book, today_of
from meshwright.govern.rules.rule import Exemption, Rule
from meshwright.serve.web.kept import kept
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit


async def show(visit: Visit) -> Response:
    """Show each with who said so, why, and until when."""
    _, knowing = await visit.board()
    wiring = visit.service.wiring
    found = await kept(visit, "exemptions", lambda: list_exemptions(wiring))
    book = await kept(visit, "book of rules", lambda: load_book(wiring))
    of_rules: list[tuple[Rule, Exemption]] = [
        (rule, one)
        for rule in book.rules
        for one in rule.exemptions
        if one.pattern.count(".") == 0 or "*" in one.pattern or knowing.of(_product(one.pattern))
    ]
    return visit.page(
        "governance/exemptions.html",
        of_rules=sorted(of_rules, key=lambda one: one[1].until),
        waivers=[one for one in found.waivers if knowing.of(one[0])],
        words=[one for one in found.declassified if knowing.of(_product(str(one["column"])))],
        today=today_of(wiring),
    )


def _product(address: str) -> str:
    return ".".join(address.split(".")[:2])


PAGES = (Page("/governance/exemptions", show),)
