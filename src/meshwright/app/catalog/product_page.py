"""What the page of a product or a port says first: purpose, trust, and what there is of it.

What must stay true: it costs what one product costs, however big the mesh; a product whose files are broken
still has a page, which says what is wrong with them and what is served meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from meshwright.app.catalog.board import Board, BoardProduct
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.place import Found
from meshwright.app.score import score_of
from meshwright.app.show import PortPage, ProductPage, show_product
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.govern.scores import Score
from meshwright.model.address import Address
from meshwright.model.classification import LEVELS, level_of, personal_tags, rank
from meshwright.model.contract import Contract
from meshwright.model.health import PortHealth
from meshwright.model.problem import Place, Problem
from meshwright.model.product import OutputPort, Product

PASSED, NOT_ENFORCED = "passed", "not_enforced"


@dataclass(frozen=True, slots=True)
class Subject:
    """A product as somebody may know it, and the port of it that is looked at.

    `page` is None where its files are broken: then `problems` say how. `port` is '' for one without ports;
    `is_port`: the port itself was asked for.
    """

    address: Address
    is_port: bool
    port: str
    glance: BoardProduct
    page: ProductPage | None
    problems: tuple[Problem, ...]
    health: Mapping[str, PortHealth]
    score: Score | None
    semver: str
    status: str
    schedule: str

    @property
    def port_address(self) -> str:
        """Return the address of the port that is looked at, else of the product."""
        return f"{self.address}.{self.port}" if self.port else str(self.address)

    @property
    def place(self) -> str:
        """Return the address that the page is at."""
        return self.port_address if self.is_port else str(self.address)

    @property
    def product(self) -> Product | None:
        """Return the product as its files say it."""
        return self.page.product if self.page else None

    @property
    def output(self) -> OutputPort | None:
        """Return the port as the files say it."""
        return self.product.output(self.port) if self.product else None

    @property
    def contract(self) -> Contract | None:
        """Return the contract of the port."""
        return self.output.contract if self.output else None

    @property
    def port_page(self) -> PortPage | None:
        """Return what is known of the port."""
        pages = self.page.ports if self.page else ()
        return next((page for page in pages if page.address == self.port_address), None)

    @property
    def port_health(self) -> PortHealth | None:
        """Return how the port fares."""
        return self.health.get(self.port_address)

    @property
    def is_certified(self) -> bool:
        """Say whether nothing withholds the badge."""
        return self.score is not None and self.score.is_certified

    @property
    def classification(self) -> tuple[str, tuple[str, ...]]:
        """Return the highest level of the columns looked at, and what kinds of personal data they hold."""
        levels, tags = [""], set[str]()
        for page in self.page.ports if self.page else ():
            if self.is_port and page.address != self.port_address:
                continue
            for column in page.columns:
                levels.append(level_of(column.classification))
                tags.update(personal_tags((*column.tags, column.classification)))
        highest = max(map(rank, levels))
        return (LEVELS[highest - 1] if highest else "", tuple(sorted(tags)))

    def checks(self) -> Mapping[str, int]:
        """Return how many checks of the port's newest audit ended how."""
        counted: dict[str, int] = {}
        for _, status, _, _ in self.port_page.checks if self.port_page else ():
            counted[status] = counted.get(status, 0) + 1
        return counted


def find_subject(wiring: Wiring, board: Board, knowing: Knowing, found: Found) -> Subject:
    """Return what there is to say of a product or port."""
    name = str(found.product)
    glance = board.products[name] if name in board.products else _unseen(found)
    page, score = None, None
    problems: tuple[Problem, ...] = ()
    try:
        page = show_product(wiring, found.product)
        page = _known_only(page, knowing)
        score = score_of(wiring, page.product, glance.health)
    except MeshwrightError as error:
        problems = _problems(wiring, found) or (_as_problem(error),)
    ports = glance.ports or tuple(output.name for output in found.card.outputs)
    port = found.address.port or (ports[0] if ports else "")
    return Subject(
        found.product,
        bool(found.address.port),
        port,
        glance,
        page,
        problems,
        {one: board.health_of[one] for one in (f"{name}.{p}" for p in ports) if one in board.health_of},
        score,
        found.card.version,
        found.card.status,
        found.card.schedule,
    )  # fmt: skip


def _known_only(page: ProductPage, knowing: Knowing) -> ProductPage:
    return replace(page, consumers=tuple(one for one in page.consumers if knowing.of(one)))


def _problems(wiring: Wiring, found: Found) -> tuple[Problem, ...]:
    folder = f"{found.card.folder}/"
    return tuple(
        one
        for one in wiring.workspace.problems()
        if one.is_error and one.place.file.startswith(folder)
    )[:20]


def _as_problem(error: MeshwrightError) -> Problem:
    return Problem(
        error.code, error.message, Place(str(getattr(error, "place", "") or "")), error.hint
    )


def _unseen(found: Found) -> BoardProduct:
    """Return what a list says of a product that came into the mesh a moment ago."""
    card = found.card
    ports = tuple(output.name for output in card.outputs)
    return BoardProduct(
        str(found.product), card.title, card.description, card.owners, card.tags, "never built",
        "unknown", None, "", None, 0, ports, (), card.is_broken,
    )  # fmt: skip
