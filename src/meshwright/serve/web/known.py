"""What a page is about, where whoever asks may know of it: what they may not is told as what there is not."""

from meshwright.app.catalog.board import Board
from meshwright.app.catalog.knowing import Knowing
from meshwright.errors import MeshwrightError, UsageError
from meshwright.model.address import Address
from meshwright.serve.api.errors import HttpError


def require_known(knowing: Knowing, text: str, board: Board | None = None) -> None:
    """Raise 404 for an address of a product that somebody may not know of, or that a board does not have."""
    try:
        address = Address.parse(text)
    except MeshwrightError:
        return  # a source, or no address: whoever reads it says what is wrong
    is_there = board is None or str(address.product_address) in board.products
    if not is_there or not knowing.of(address):
        raise missing(text)


def missing(text: str, what: str = "product") -> HttpError:
    """Return the answer to whoever asks for what there is not, or what they may not know of."""
    return HttpError(
        404,
        f"{what}-unknown",
        f"there is no {what} `{text}`",
        hint="look for it with the search above",
    )


def unnamed(error: UsageError, text: str) -> MeshwrightError:
    """Return an error without the names that it lists: some may be of what nobody is to know."""
    if error.code in ("product-unknown", "domain-unknown"):
        return missing(text)
    if error.code.endswith("-unknown"):
        return HttpError(404, error.code, error.message)
    return error
