"""Scorecards: how mature each product and domain is, over time, and what to do next."""

from starlette.responses import Response

from meshwright.app.past_scores import score_histories
from meshwright.app.score import judge_products
from meshwright.govern.scores import ASPECTS, Score, domain_means
from meshwright.serve.web.kept import kept
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit

SHOWN = 100


async def show(visit: Visit) -> Response:
    """Show the mean of each domain, and the card of each product."""
    _, knowing = await visit.board()
    wiring = visit.service.wiring
    scores: tuple[Score, ...] = await kept(visit, "scores", lambda: judge_products(wiring))
    past = await kept(visit, "past scores", lambda: score_histories(wiring))
    known = [score for score in scores if knowing.of(score.product)]
    wanted = visit.word("domain")
    chosen = [score for score in known if not wanted or score.product.startswith(f"{wanted}.")]
    return visit.page(
        "governance/scores.html",
        aspects=ASPECTS,
        domains=sorted(domain_means(known).items()),
        counts={
            domain: sum(score.product.startswith(f"{domain}.") for score in known)
            for domain in domain_means(known)
        },
        wanted=wanted,
        scores=sorted(chosen, key=lambda score: score.total)[:SHOWN],
        beyond=max(0, len(chosen) - SHOWN),
        history={
            score.product: [sum(one.scores.values()) / len(ASPECTS) for one in past[score.product]]
            for score in chosen[:SHOWN]
            if score.product in past
        },
    )


PAGES = (Page("/governance/scores", show),)
