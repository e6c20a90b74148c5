"""Judge a product's folder as a whole: do its descriptor, contracts, build, models and tests agree?

Only what can be known without data and without reading SQL; a model's tables are the transformer's matter.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from meshwright.documents.column_rules import entries
from meshwright.documents.document import Document, Path
from meshwright.documents.port_rules import port_problems
from meshwright.documents.product_files import ProductFiles
from meshwright.documents.product_reader import find_contract, formerly
from meshwright.documents.wording import NAME_HINT, nearest_hint, show
from meshwright.errors import MeshwrightError, did_you_mean
from meshwright.model.address import RESERVED_PRODUCTS, Address, is_name
from meshwright.model.json_value import Json
from meshwright.model.problem import Place, Problem

_PARAMETER_TYPES: Mapping[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float, Decimal),
    "boolean": (bool,),
}


def product_problems(files: ProductFiles) -> list[Problem]:
    """Return what is wrong between the files of one product."""
    if not isinstance(files.product.raw, dict):
        return []
    judge = _ProductJudge(files)
    judge.names()
    judge.inputs()
    judge.outputs()
    judge.orphans()
    judge.tests()
    return judge.problems


class _ProductJudge:
    def __init__(self, files: ProductFiles) -> None:
        self._files = files
        self._document = files.product
        self._raw = _mapping(files.product.raw)
        self._build = _mapping(files.build.raw if files.build else None)
        self._inputs = [port for _, port in entries(self._raw.get("inputPorts"), ())]
        self._outputs = list(entries(self._raw.get("outputPorts"), ("outputPorts",)))
        self._used: set[int] = set()
        self.problems: list[Problem] = []

    def _add(self, code: str, text: str, path: Path, hint: str = "", **more: Any) -> None:
        document = more.pop("document", None) or self._document
        self.problems.append(document.problem(code, text, path, hint=hint, **more))

    def names(self) -> None:
        name, domain = self._raw.get("name"), self._raw.get("domain")
        if name is None:
            self._add(
                "key-missing", "`name` is missing", (), "in a mesh it is the product's address"
            )
        elif isinstance(name, str) and not is_name(name):
            self._add("name-invalid", f"`{name}` cannot be a product's name", ("name",), NAME_HINT)
        elif isinstance(name, str) and name in RESERVED_PRODUCTS:
            text = f"`{name}` is a name that SQL keeps for itself: its ports could not be queried"
            self._add("name-reserved", text, ("name",), "give another name")
        if isinstance(domain, str) and domain != self._files.domain:
            text = f"the product says domain `{domain}`, but it is in domain `{self._files.domain}`"
            hint = f"write `domain: {self._files.domain}`, or move the folder"
            self._add("domain-mismatch", text, ("domain",), hint)
        for earlier in formerly(self._raw):
            try:
                ok = not Address.parse(earlier).port
            except MeshwrightError:
                ok = False
            if not ok:
                text = f"`{earlier}` is not a product's earlier address"
                self._add("address-invalid", text, ("customProperties",), "write `domain.product`")
        if not self._outputs:
            hint = "list at least one port under `outputPorts`"
            self._add("product-no-output", "the product publishes nothing", (), hint)

    def inputs(self) -> None:
        self._ports_once("inputPorts")
        sources = _mapping(self._build.get("inputs"))
        declared = [str(port.get("name")) for port in self._inputs]
        for index, name in enumerate(declared):
            if name not in sources:
                text = f"input port `{name}` has no source"
                otherwise = f"add `inputs: {{{name}: …}}` to build.yaml"
                hint = nearest_hint(name, set(sources) - set(declared), otherwise)
                self._add("input-unbound", text, ("inputPorts", index), hint)
        for name in sources:
            if name not in declared:
                hint = did_you_mean(name, declared)
                text = f"input `{name}` is not an input port of the product"
                self._add(
                    "input-undeclared", text, ("inputs", name), hint, document=self._files.build
                )

    def _ports_once(self, key: str) -> None:
        seen: dict[str, int] = {}
        for index, port in enumerate(p for _, p in entries(self._raw.get(key), ())):
            name = str(port.get("name"))
            if not is_name(name):
                self._add(
                    "name-invalid",
                    f"`{name}` cannot be a port's name",
                    (key, index, "name"),
                    NAME_HINT,
                )
            if name in seen:
                text = f"two ports are named `{name}`"
                self._add("port-duplicate", text, (key, index, "name"), "name each port once")
            seen[name] = index

    def outputs(self) -> None:
        self._ports_once("outputPorts")
        kept = _mapping(self._build.get("ports"))
        names = [str(port.get("name")) for _, port in self._outputs]
        for name in kept:
            if name not in names:
                text = f"`{name}` is not an output port of the product"
                self._add("port-unknown", text, ("ports", name), did_you_mean(name, names),
                          document=self._files.build)  # fmt: skip
        for path, port in self._outputs:
            name = str(port.get("name"))
            if name not in self._files.models:
                text = f"output port `{name}` has no model"
                hint = f"write a SELECT to {self._files.file(f'models/{name}.sql')}"
                self._add("model-missing", text, (*path, "name"), hint)
            contract = find_contract(self._files, port)
            if contract is None:
                text = f"output port `{name}` has no contract"
                hint = f"write {self._files.file(f'contracts/{name}.odcs.yaml')}"
                self._add("contract-missing", text, (*path, "name"), hint)
                continue
            self._used.add(id(contract))
            if contract.raw is not None:
                self.problems += port_problems(
                    self._files, path, port, contract, _mapping(kept.get(name))
                )

    def orphans(self) -> None:
        for document in self._files.contracts.values():
            if id(document) not in self._used:
                text = "no output port has this contract"
                identifier = _mapping(document.raw).get("id")
                hint = f"write `contractId: {identifier}` at its port, or remove the file"
                self._add("contract-orphan", text, (), hint, document=document, severity="warning")
        ports = {str(port.get("name")) for _, port in self._outputs}
        texts = {name: model.sql for name, model in self._files.models.items()}
        tested = {
            str(test.get("model")) for d in self._files.tests for _, test in entries(d.raw, ())
        }
        for name, model in self._files.models.items():
            if not is_name(name):
                text = f"`{name}` cannot be a model's name"
                self.problems.append(Problem("name-invalid", text, Place(model.file), NAME_HINT))
            elif name not in ports | tested and not _is_read(name, texts):
                text = f"no output port and no other model reads model `{name}`"
                hint = nearest_hint(name, ports, "read it in a model, or remove the file")
                place = Place(model.file)
                self.problems.append(Problem("model-orphan", text, place, hint, severity="warning"))

    def tests(self) -> None:
        models = set(self._files.models)
        ports = {
            str(port.get("name")) for _, port in self._outputs
        }  # told where a model is missing
        inputs = {str(port.get("name")) for port in self._inputs}
        parameters = _mapping(self._build.get("params"))
        for document in self._files.tests:
            for path, test in entries(document.raw, ()):
                model = test.get("model")
                if isinstance(model, str) and model not in models | ports:
                    text = f"there is no model `{model}` to test"
                    self._add("test-model-unknown", text, (*path, "model"), did_you_mean(model, models),
                              document=document)  # fmt: skip
                for name in _mapping(test.get("given")):
                    if name not in models | inputs:
                        text = f"`{name}` is neither an input port nor a model"
                        hint = did_you_mean(name, models | inputs)
                        self._add(
                            "test-input-unknown",
                            text,
                            (*path, "given", name),
                            hint,
                            document=document,
                        )
                self._test_parameters(document, path, test, parameters)

    def _test_parameters(
        self, document: Document, path: Path, test: Mapping[str, Json], known: Mapping[str, Json]
    ) -> None:
        for name, value in _mapping(test.get("params")).items():
            where = (*path, "params", name)
            if name not in known:
                text = f"build.yaml has no parameter `{name}`"
                self._add(
                    "test-param-unknown", text, where, did_you_mean(name, known), document=document
                )
                continue
            declared = str(_mapping(known[name]).get("type"))
            wanted = _PARAMETER_TYPES.get(declared, (str,))
            if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
                text = f"parameter `{name}` is of type {declared}, not {show(value)}"
                self._add("param-value", text, where, document=document)


def _is_read(name: str, texts: Mapping[str, str]) -> bool:
    word = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)
    return any(word.search(sql) for other, sql in texts.items() if other != name)


def _mapping(value: Json | None) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}
