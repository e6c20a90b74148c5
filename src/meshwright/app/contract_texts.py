"""The text of a port's contract: as its file says, or as a version was published under it."""

import json
from dataclasses import dataclass
from typing import Any

from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError, did_you_mean
from meshwright.model.address import Address
from meshwright.publish.reading import resolve


@dataclass(frozen=True, slots=True)
class ContractText:
    """A contract. `document`: its ODCS as JSON; `text`: the file, '' for what a version was published under.

    `version`: the version of the product that it is of; None for the file as it is now.
    """

    address: str
    version: int | None
    document: dict[str, Any]
    text: str = ""

    @property
    def yaml(self) -> str:
        """Return it as YAML: the file where there is one, byte for byte."""
        if self.text:
            return self.text
        import yaml

        return str(yaml.safe_dump(self.document, sort_keys=False, allow_unicode=True))


def read_contract_text(wiring: Wiring, address: Address) -> ContractText:
    """Return a port's contract: with `@version` the one it was published under, else its file's.

    Raises `UsageError` (`address-not-a-port`, `product-unknown`, `port-unknown`, `contract-unknown`) and
    what `resolve` does for a version that cannot be read.
    """
    if not address.port:
        raise UsageError(
            "address-not-a-port", f"`{address}` is not a port", hint="domain.product.port"
        )
    return _published(wiring, address) if address.version is not None else _filed(wiring, address)


def _published(wiring: Wiring, address: Address) -> ContractText:
    with wiring.store.read() as reader:
        port = resolve(reader, address.port_address.at(address.version))
        rows = reader.rows(
            "SELECT c.document FROM version_ports vp JOIN contracts c ON c.product = vp.product"
            " AND c.port = vp.port AND c.digest = vp.contract"
            " WHERE vp.product = ? AND vp.version = ? AND vp.port = ?",
            (str(port.product_address), port.version, port.port),
        )
    if not rows:
        raise _missing(address)
    return ContractText(str(port), port.version, json.loads(str(rows[0][0])))


def _filed(wiring: Wiring, address: Address) -> ContractText:
    product = wiring.workspace.product(address.product_address)
    port = product.output(address.port)
    if port is None:
        names = [f"{product.address}.{one.name}" for one in product.outputs]
        raise UsageError(
            "port-unknown",
            f"`{product.address}` has no port `{address.port}`",
            hint=did_you_mean(str(address.port_address), names),
        )
    raw = wiring.workspace.raw_contracts(product.address).get(port.name)
    if port.contract is None or raw is None:
        raise _missing(address)
    text = (wiring.root / port.contract.file).read_text("utf-8-sig")
    return ContractText(f"{product.address}.{port.name}", None, dict(raw), text)


def _missing(address: Address) -> UsageError:
    return UsageError(
        "contract-unknown", f"`{address}` has no contract", hint=f"mesh show {address.product_address}"
    )  # fmt: skip
