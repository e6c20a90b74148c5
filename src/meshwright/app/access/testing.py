"""Run the tests of access policies: cases decided by the files alone, as they would be in an empty mesh.

What must stay true: a case depends on nothing but files, so it says the same in CI as everywhere. Each policy
is also taken away in turn: one whose absence no case notices is told as untested.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from meshwright.access.standing import for_purpose
from meshwright.app.access.deciding import Decisions, decisions_in
from meshwright.app.access.policies import DomainRules, rules_of, rules_without
from meshwright.app.identity.principals import find_principal
from meshwright.app.wiring import Wiring
from meshwright.documents.access_tests import AccessCase, Expected, read_cases
from meshwright.documents.document import Document
from meshwright.documents.judge import read_document
from meshwright.documents.names import is_access_test
from meshwright.errors import DescriptorError, MeshwrightError, UsageError, did_you_mean
from meshwright.identity.names import parse_name
from meshwright.model.access import AccessGrant, Conditions, Decision, mask_kind
from meshwright.model.address import Address
from meshwright.model.principal import Principal
from meshwright.model.table import Column
from meshwright.publish.reading import PinnedPort
from meshwright.spi.state_store import Reader

FOLDER, ENDINGS = "policies", (".yaml", ".yml")
PRETENDED = "pretended"  # the id of a grant that a case pretends


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How a case ended: `wrong` says each difference, `error` why it could not be decided."""

    case: AccessCase
    wrong: tuple[str, ...] = ()
    error: str = ""
    policies: tuple[str, ...] = ()

    @property
    def has_passed(self) -> bool:
        """Say whether all was as expected."""
        return not self.wrong and not self.error


def run_access_tests(
    wiring: Wiring, names: Sequence[str] = ()
) -> tuple[tuple[CaseResult, ...], tuple[str, ...]]:
    """Run the cases (those of the files named, or all); return results, and policies that no case holds.

    Raises `DescriptorError` for a test file that is broken, `UsageError` (`access-test-unknown`) for a file
    that is not there.
    """
    wiring.look_again()
    cases = [case for document in _chosen(wiring, names) for case in _cases(document)]
    with TemporaryDirectory(prefix="mesh-access-") as scratch:
        empty = wiring.without_state(Path(scratch))
        try:
            with empty.store.read() as reader:
                deciding = decisions_in(empty, reader)
                results = [_run(empty, reader, deciding, case) for case in cases]
                untested = () if names else _untested(empty, reader, deciding, results)
        finally:
            empty.store.close()
    return tuple(results), untested


def test_documents(wiring: Wiring) -> Iterator[Document]:
    """Yield the test files of the federation and of each domain, read and judged."""
    folders = [wiring.root, *(d.path for _, d in sorted(wiring.workspace.domains.items()))]
    for folder in folders:
        home = folder / FOLDER
        for name in sorted(os.listdir(home)) if home.is_dir() else ():
            if name.endswith(ENDINGS) and is_access_test(name.replace(".yml", ".yaml")):
                path = home / name
                file = os.path.relpath(path, wiring.root).replace(os.sep, "/")
                yield read_document(file, path.read_bytes(), "access-tests")


def _chosen(wiring: Wiring, names: Sequence[str]) -> list[Document]:
    found = list(test_documents(wiring))
    files = [document.file for document in found]
    for name in names:
        if name not in files:
            text = f"there is no file `{name}` of access tests"
            raise UsageError("access-test-unknown", text, hint=did_you_mean(name, files))
    return [document for document in found if not names or document.file in names]


def _cases(document: Document) -> tuple[AccessCase, ...]:
    broken = next((problem for problem in document.problems if problem.is_error), None)
    if broken is not None:
        raise DescriptorError(
            broken.code, broken.message, hint=broken.hint, place=str(broken.place)
        )
    return read_cases(document)


def _run(
    wiring: Wiring,
    reader: Reader,
    deciding: Decisions,
    case: AccessCase,
    without: str = "",
) -> CaseResult:
    try:
        address = Address.parse(case.address)
        ruled = rules_of(wiring, address.domain)
        if without:
            ruled = rules_without(wiring, address.domain, without)
        decision = _decided(wiring, reader, deciding, case, address, ruled)
    except MeshwrightError as error:
        return CaseResult(case, error=f"{error} ({error.hint})" if error.hint else str(error))
    return CaseResult(case, tuple(differences(case.expect, decision)), policies=decision.policies)


def _decided(
    wiring: Wiring,
    reader: Reader,
    deciding: Decisions,
    case: AccessCase,
    address: Address,
    ruled: DomainRules,
) -> Decision:
    if ruled.broken:
        raise DescriptorError("policies-broken", ruled.broken, hint="mesh check")
    name = parse_name(case.principal)
    filed = find_principal(wiring, reader, name) or Principal(name)
    principal = Principal(
        name,
        tuple(sorted({*filed.teams, *case.teams})),
        tuple(sorted({*filed.roles, *case.roles})),
        {**filed.attributes, **(case.attributes or {})},
    )
    port = _port(wiring, address)
    grants = for_purpose(_grants(case, name, port, deciding.now), case.purpose)
    return deciding.judge(principal, port, case.purpose, ruled, grants)[0]


def _grants(case: AccessCase, name: str, port: PinnedPort, now: str) -> tuple[AccessGrant, ...]:
    said = case.granted
    if said is None:
        return ()
    given = Conditions(said.columns, said.raw, filter=said.filter)
    address = port.address.at(None)
    return (AccessGrant(PRETENDED, name, address, case.purpose, now, "", given),)


def _port(wiring: Wiring, address: Address) -> PinnedPort:
    """Return a port as its contract promises it: nothing need have been built."""
    product = wiring.workspace.product(address.product_address)
    output = product.output(address.port)
    if output is None:
        names = [f"{product.address}.{port.name}" for port in product.outputs]
        text = f"`{product.address}` has no port `{address.port}`"
        raise UsageError("port-unknown", text, hint=did_you_mean(str(address), names))
    described = output.contract.object_for(output.name) if output.contract else None
    columns = tuple(
        Column(c.name, c.physical_type or c.logical_type or "VARCHAR")
        for c in (described.columns if described else ())
    )
    return PinnedPort(address.port_address.at(0), "", columns, (), 0, "", 0)


def differences(expected: Expected, decision: Decision) -> Iterator[str]:
    """Yield in what a decision is not as expected."""
    why = f"{decision.reasons[0].policy}: {decision.reasons[0].text}" if decision.reasons else ""
    if expected.allowed is not None and expected.allowed != decision.is_allowed:
        wanted = "allowed" if expected.allowed else "denied"
        yield f"is to be {wanted}, and is not ({why})"
    masks = {column.lower(): str(mask) for column, mask in decision.masks.items()}
    if expected.masked is not None:
        wanted_masks = {column.lower(): _mask(text) for column, text in expected.masked.items()}
        for column in sorted({*masks, *wanted_masks}):
            want, got = wanted_masks.get(column, "raw"), masks.get(column, "raw")
            if want != got or not decision.is_allowed:
                shown = got if decision.is_allowed else "not at all"
                yield f"`{column}` is to be shown as {want}, and is shown as {shown}"
    for column in expected.raw:
        if not decision.is_allowed or column.lower() in masks:
            shown = masks.get(column.lower(), "not at all") if decision.is_allowed else "not at all"
            yield f"`{column}` is to be shown as it is, and is shown as {shown}"
    if expected.filtered is not None:
        is_flag = isinstance(expected.filtered, bool)
        got_filters = bool(decision.filters) if is_flag else decision.filters
        if expected.filtered != got_filters:
            yield f"filters are to be {_said(expected.filtered)}, and are {_said(got_filters)}"
    if expected.minimum_group not in (None, decision.minimum_group):
        yield f"groups are to be of {expected.minimum_group}, and are of {decision.minimum_group}"
    for name in expected.policies:
        if name not in decision.policies:
            yield f"`{name}` is to decide, and these do: {', '.join(decision.policies)}"


def _mask(text: str) -> str:
    kind, equals, value = text.partition("=")
    return f"{mask_kind(kind) or kind}{equals}{value}"


def _said(filters: object) -> str:
    if isinstance(filters, bool):
        return "there" if filters else "none"
    return "; ".join(map(str, filters)) if isinstance(filters, tuple) and filters else "none"


def _untested(
    wiring: Wiring, reader: Reader, deciding: Decisions, results: Sequence[CaseResult]
) -> tuple[str, ...]:
    """Return the policies that could be taken away without any case that passes failing."""
    passed = [result for result in results if result.has_passed]
    known = dict.fromkeys(
        name
        for domain in sorted(wiring.workspace.domains)
        for name in rules_of(wiring, domain).rules.policies
    )

    def is_held(name: str) -> bool:
        return any(
            not _run(wiring, reader, deciding, result.case, name).has_passed
            for result in passed
            if name in result.policies
        )

    return tuple(sorted(name for name in known if not is_held(name)))
