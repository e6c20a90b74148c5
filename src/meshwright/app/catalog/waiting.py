"""What waits for somebody: requests that they decide, their own, grants that end soon, reviews, questions.

What must stay true: it costs what is open, not what the mesh has; each line leads to where it is done.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from meshwright.access.durations import written
from meshwright.app.access.kept import read_grants
from meshwright.app.access.requesting import requests
from meshwright.app.catalog.board import Board
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.wiring import Wiring
from meshwright.model.counted import counted
from meshwright.model.principal import Asker, Principal
from meshwright.spi.state_store import Reader

SOON = timedelta(days=14)
UNSEEN = timedelta(days=90)  # a grant that nobody looked at for so long is due for review
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits. `kind`: approve, mine, ending, review, question or suggestion.

    `at`: since when, or until when.
    """

    kind: str
    text: str
    href: str
    at: str = ""
    more: str = ""


def what_waits(wiring: Wiring, asker: Asker, board: Board, knowing: Knowing) -> tuple[Task, ...]:
    """Return what waits for somebody, the most pressing first."""
    who = asker.principal
    mine = board.once(("owned", who.names), lambda: _owned(wiring, board, who))
    tasks = [*_to_approve(wiring, asker), *_asked(wiring, asker)]
    with wiring.store.read() as reader:
        tasks += _ending(wiring, reader, who)
        tasks += _to_review(wiring, reader, mine)
        tasks += _questions(reader, mine, knowing)
        tasks += _suggestions(reader, mine)
    return tuple(tasks)


def _owned(wiring: Wiring, board: Board, who: Principal) -> frozenset[str]:
    """Return the products that somebody answers for: as an owner, or in the team of the domain."""
    names = {name.removeprefix("person:") for name in who.names}
    domains = {team.removeprefix("team:") for team in who.teams} | {
        name
        for name, domain in wiring.workspace.domains.items()
        if not names.isdisjoint(domain.owners)
    }
    return frozenset(
        product.address
        for product in board.products.values()
        if product.domain in domains or not names.isdisjoint(product.owners)
    )


def _to_approve(wiring: Wiring, asker: Asker) -> Iterator[Task]:
    found = requests(wiring, asker, to_approve=True)
    for kept in found[:_SHOWN]:
        one = kept.request
        text = f"{one.principal} asks for {one.address}"
        yield Task("approve", text, f"/access/requests/{one.id}", one.at, f"“{one.purpose}”")
    if len(found) > _SHOWN:
        yield Task("approve", f"{len(found) - _SHOWN} more requests to decide", "/access")


def _asked(wiring: Wiring, asker: Asker) -> Iterator[Task]:
    for kept in requests(wiring, asker, mine=True)[:_SHOWN]:
        one = kept.request
        waits = " or ".join(one.asked_now)
        yield Task(
            "mine", f"your request for {one.address}", f"/access/requests/{one.id}", one.at,
            f"waits for {waits}" if waits else "",
        )  # fmt: skip


def _ending(wiring: Wiring, reader: Reader, who: Principal) -> Iterator[Task]:
    now, names = wiring.now(), sorted(who.names)
    found = read_grants(
        reader,
        "revoked_at = '' AND until <> '' AND until > ? AND until < ?"
        f" AND principal IN ({', '.join('?' * len(names))})",
        (written(now), written(now + SOON), *names),
    )
    for kept in sorted(found, key=lambda one: one.grant.until)[:_SHOWN]:
        one = kept.grant
        yield Task("ending", f"your access to {one.address} ends", "/access", one.until)


def _to_review(wiring: Wiring, reader: Reader, mine: frozenset[str]) -> Iterator[Task]:
    """Count the grants on what is theirs that nobody has looked at for long."""
    bound = written(wiring.now() - UNSEEN)
    rows = reader.rows(
        "SELECT product, count(*) FROM grants WHERE revoked_at = '' AND (until = '' OR until > ?)"
        " AND since < ? AND reviewed_at < ? GROUP BY 1",
        (written(wiring.now()), bound, bound),
    )
    count = sum(int(str(number)) for product, number in rows if str(product) in mine)
    if count:
        yield Task(
            "review", f"{counted(count, 'grant')} to review on what you own", "/access/review"
        )


def _questions(reader: Reader, mine: frozenset[str], knowing: Knowing) -> Iterator[Task]:
    rows: Sequence[Sequence[object]] = reader.rows(
        "SELECT product, address, text, at FROM questions WHERE state = 'open' ORDER BY at DESC LIMIT 200"
    )
    found = [row for row in rows if str(row[0]) in mine and knowing.of(str(row[0]))]
    for product, address, text, at in found[:_SHOWN]:
        yield Task(
            "question", f"a question on {address!s}", f"/products/{product!s}?view=discussion", str(at),
            str(text)[:120],
        )  # fmt: skip


def _suggestions(reader: Reader, mine: frozenset[str]) -> Iterator[Task]:
    rows = reader.rows(
        "SELECT product, count(*), max(at) FROM suggestions WHERE state = 'open' GROUP BY 1 ORDER BY 1"
    )
    for product, number, at in [row for row in rows if str(row[0]) in mine][:_SHOWN]:
        text = f"{counted(int(str(number)), 'column')} of {product!s} may be personal"
        yield Task(
            "suggestion", text, f"/products/{product!s}?view=schema", str(at), "masked until you have looked"
        )  # fmt: skip
