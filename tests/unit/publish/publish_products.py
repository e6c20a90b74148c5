"""Small descriptors."""

from meshwright.model.address import Address
from meshwright.model.product import Product


def product(address: Address, *formerly: Address) -> Product:
    """Return a product that had other names, newest first."""
    return Product(address, str(address), "1.0.0", "folder", formerly=formerly)
