"""Judge one document by itself: what can be said without knowing any other file.

`read_document` is the one way from bytes to a judged document, for a mesh and for single files alike.
"""

from meshwright.documents.access_rules import access_problems
from meshwright.documents.contract_rules import contract_problems, version_problem
from meshwright.documents.document import Document
from meshwright.documents.glossary import glossary_problems
from meshwright.documents.identity_reader import groups_problems
from meshwright.documents.names import KINDS, kind_of_content
from meshwright.documents.own_rules import (
    build_problems,
    domain_problems,
    mesh_problems,
    tests_problems,
)
from meshwright.documents.validate import schema_problems
from meshwright.documents.yaml_text import parse
from meshwright.model.problem import Problem

_BEYOND_SCHEMA = {
    "contract": contract_problems,
    "build": build_problems,
    "tests": tests_problems,
    "mesh": mesh_problems,
    "domain": domain_problems,
    "glossary": glossary_problems,
    "access": access_problems,
    "groups": groups_problems,
}


def read_document(file: str, data: bytes, kind: str = "") -> Document:
    """Read and judge one file's bytes. `kind` is told, or found in the content."""
    document = parse(file, data, kind)
    if document.raw is None:
        return document
    document.kind = kind or kind_of_content(document.raw)
    if document.kind not in KINDS:
        document.problems.append(
            document.problem(
                "file-kind-invalid",
                "this is no descriptor that is known here",
                hint="name it mesh.yaml, domain.yaml, product.odps.yaml, <port>.odcs.yaml or build.yaml",
            )
        )
        return document
    document.problems += judge(document)
    return document


def judge(document: Document) -> list[Problem]:
    """Return what is wrong with a parsed document of a known kind, in the order of its lines."""
    if document.kind == "contract":
        unsupported = version_problem(document)
        if unsupported is not None:
            return [unsupported]
    found = schema_problems(document, document.kind)
    beyond = _BEYOND_SCHEMA.get(document.kind)
    if beyond is not None and isinstance(document.raw, list if document.kind == "tests" else dict):
        known = {problem.key for problem in found}
        found += [problem for problem in beyond(document) if problem.key not in known]
    return sorted(found, key=lambda problem: (problem.place.line, problem.key, problem.code))
