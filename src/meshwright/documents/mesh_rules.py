"""Judge what products say about each other, from their edges alone."""

from collections.abc import Iterable, Sequence

from meshwright.documents.edges import Edges, InputEdge
from meshwright.errors import did_you_mean
from meshwright.model.problem import Place, Problem


def mesh_wide_problems(products: Sequence[Edges]) -> list[Problem]:
    """Return what is wrong between products: addresses, input ports, versions, cycles."""
    found = _addresses(products) + _contract_ids(products)
    by_address: dict[str, Edges] = {}
    for edges in products:
        by_address.setdefault(edges.address, edges)
    aliases = former_names(products)
    for edges in products:
        for port in edges.inputs:
            found += _input(edges, port, by_address, aliases)
        for reference in edges.references:
            found += _foreign(
                reference.address.rpartition(".")[0],
                Place(reference.file, reference.line),
                by_address,
                aliases,
                "relationship",
            )
    return found + _cycles(products, by_address, aliases)


def former_names(products: Iterable[Edges]) -> dict[str, str]:
    """Return the address that each earlier address stands for."""
    return {old: edges.address for edges in products for old in edges.formerly}


def _addresses(products: Iterable[Edges]) -> list[Problem]:
    found, first = [], dict[str, Edges]()
    for edges in products:
        other = first.setdefault(edges.address, edges)
        if other is not edges:
            text = f"two products have the address `{edges.address}`; the other is {other.file}"
            hint = "change the `name` of one of them"
            found.append(
                _problem("address-duplicate", text, edges.file, edges.name_line, hint, "name")
            )
    for edges in products:
        for old in edges.formerly:
            taken = first.get(old)
            if taken is not None:
                text = f"the earlier address `{old}` is the address of {taken.file}"
                hint = "give the other product another name, or remove `formerly`"
                found.append(
                    _problem(
                        "address-duplicate", text, edges.file, edges.name_line, hint, "formerly"
                    )
                )
    return found


def _contract_ids(products: Iterable[Edges]) -> list[Problem]:
    found, first = [], dict[tuple[str, str], str]()
    for edges in products:
        for port in edges.outputs:
            if not port.contract_id or not port.file:
                continue
            key = (port.contract_id, port.contract_version)
            other = first.setdefault(key, port.file)
            if other != port.file:
                text = f"two contracts have the id `{port.contract_id}`; the other is {other}"
                hint = "give each contract an id of its own"
                found.append(
                    _problem("contract-id-duplicate", text, port.file, port.line, hint, "id")
                )
    return found


def _input(
    edges: Edges, port: InputEdge, known: dict[str, Edges], aliases: dict[str, str]
) -> list[Problem]:
    place = Place(edges.build_file, port.build_line)
    key = f"inputs.{port.name}.port"
    missing = _foreign(port.port, place, known, aliases, "input", key)
    if missing or port.port.count(".") != 2:
        return missing
    product, _, name = port.port.rpartition(".")
    target = known[aliases.get(product, product)]
    if target.address == edges.address:
        text = f"input `{port.name}` reads the product's own port `{port.port}`"
        hint = "name the model in FROM; models of a product read each other directly"
        return [Problem("input-own-port", text, place, hint, key)]
    output = next(o for o in target.outputs if o.name == name)
    found = []
    where = Place(edges.file, port.line)
    if port.contract_id and output.contract_id and port.contract_id != output.contract_id:
        text = (
            f"input `{port.name}` relies on contract `{port.contract_id}`; "
            f"`{port.port}` has `{output.contract_id}`"
        )
        hint = f"write `contractId: {output.contract_id}`"
        found.append(Problem("input-contract-mismatch", text, where, hint, "contractId"))
    if not _accepts(port.version, output.contract_version):
        text = (
            f"input `{port.name}` relies on version `{port.version}`; "
            f"`{port.port}` has `{output.contract_version}`"
        )
        hint = f"write `version: {output.contract_version}` once the product can read it"
        is_major = port.version.partition(".")[0] != output.contract_version.partition(".")[0]
        severity = "error" if is_major else "warning"
        found.append(Problem("input-version-mismatch", text, where, hint, "version", severity))
    return found


def _accepts(wanted: str, offered: str) -> bool:
    return not wanted or not offered or wanted.removeprefix("v") == offered.removeprefix("v")


def _foreign(
    address: str,
    place: Place,
    known: dict[str, Edges],
    aliases: dict[str, str],
    what: str,
    key: str = "",
) -> list[Problem]:
    """Return the problem of a port that does not exist, naming the nearest one that does."""
    if address.count(".") != 2:
        return []  # told where it is written
    product, _, port = address.rpartition(".")
    target = known.get(aliases.get(product, product))
    if target is None:
        domain = product.partition(".")[0]
        domains = {name.partition(".")[0] for name in known}
        if domain not in domains:
            text = f"`{address}`: there is no domain `{domain}`"
            return [
                Problem(f"{what}-domain-unknown", text, place, did_you_mean(domain, domains), key)
            ]
        near = [name for name in known if name.startswith(domain + ".")]
        text = f"`{address}`: there is no product `{product}`"
        return [Problem(f"{what}-product-unknown", text, place, did_you_mean(product, near), key)]
    names = [output.name for output in target.outputs]
    if port in names:
        return []
    text = f"`{address}`: product `{target.address}` has no output port `{port}`"
    return [Problem(f"{what}-port-unknown", text, place, did_you_mean(port, names), key)]


def _cycles(
    products: Sequence[Edges], known: dict[str, Edges], aliases: dict[str, str]
) -> list[Problem]:
    """Return one problem for each ring of products that wait for each other."""
    reads: dict[str, list[tuple[str, InputEdge]]] = {}
    for edges in products:
        pairs = ((port.port.rpartition(".")[0], port) for port in edges.inputs)
        named = ((aliases.get(product, product), port) for product, port in pairs)
        reads[edges.address] = [p for p in named if p[0] in known and p[0] != edges.address]
    found, done = [], set[str]()
    for start in sorted(reads):
        ring = _ring(start, reads, done)
        if ring:
            first = min(range(len(ring)), key=lambda i: ring[i])
            turned = ring[first:] + ring[:first]
            edges = known[turned[0]]
            port = next(
                port for product, port in reads[turned[0]] if product == turned[1 % len(turned)]
            )
            text = "products wait for each other: " + " reads ".join(
                f"`{n}`" for n in (*turned, turned[0])
            )
            hint = "take one of these inputs out, or move what both need into a product of its own"
            place = Place(edges.build_file, port.build_line)
            found.append(Problem("product-cycle", text, place, hint, f"inputs.{port.name}"))
    return found


def _ring(
    start: str, reads: dict[str, list[tuple[str, InputEdge]]], done: set[str]
) -> list[str] | None:
    if start in done:
        return None
    ring: list[str] | None = None
    path: list[str] = [start]
    on_path = {start}
    stack = [iter(reads[start])]
    while stack:
        step = next(stack[-1], None)
        if step is None:
            stack.pop()
            name = path.pop()
            on_path.discard(name)
            done.add(name)
        elif step[0] in on_path:
            ring = ring or path[path.index(step[0]) :]
        elif step[0] not in done:
            path.append(step[0])
            on_path.add(step[0])
            stack.append(iter(reads[step[0]]))
    return ring


def _problem(code: str, text: str, file: str, line: int, hint: str, key: str) -> Problem:
    return Problem(code, text, Place(file, line), hint, key)
