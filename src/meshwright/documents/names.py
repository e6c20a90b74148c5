"""Which kind of descriptor a file is: by its name, or else by what is in it."""

from meshwright.model.json_value import Json

KINDS = (
    "mesh",
    "domain",
    "product",
    "contract",
    "build",
    "tests",
    "glossary",
    "rule-tests",
    "access",
    "access-tests",
    "grants",
    "groups",
)
PRODUCT_FILE = "product.odps.yaml"
_BY_NAME = {
    "mesh.yaml": "mesh",
    "domain.yaml": "domain",
    "build.yaml": "build",
    "glossary.yaml": "glossary",
    "access.yaml": "access",
    "groups.yaml": "groups",
}


def kind_of_name(file: str) -> str:
    """Return the kind that a file's name says, or an empty string."""
    name = file.replace("\\", "/").rsplit("/", 1)[-1]
    stem = name.removesuffix(".yml") + ".yaml" if name.endswith(".yml") else name
    if stem in _BY_NAME:
        return _BY_NAME[stem]
    if stem.endswith(".odps.yaml"):
        return "product"
    if is_access_test(stem):
        return "access-tests"
    if stem.endswith(".test.yaml"):
        return "rule-tests"
    return "contract" if stem.endswith(".odcs.yaml") else ""


def is_access_test(name: str) -> bool:
    """Say whether a file holds tests of access policies: `access.test.yaml`, or `….access.test.yaml`."""
    return f".{name}".endswith(".access.test.yaml")


def kind_of_content(raw: Json) -> str:
    """Return the kind that a document's content says, or an empty string."""
    if isinstance(raw, list):
        return "tests"
    if not isinstance(raw, dict):
        return ""
    declared = {"DataContract": "contract", "DataProduct": "product"}.get(str(raw.get("kind")))
    if declared:
        return declared
    keys = set(raw)
    if "outputPorts" in keys or "inputPorts" in keys:
        return "product"
    if {"schema", "apiVersion"} <= keys:
        return "contract"
    if "domains" in keys:
        return "mesh"
    if keys == {"terms"}:
        return "glossary"
    if keys == {"policies"}:
        return "access"
    if keys == {"grants"}:
        return "grants"
    if keys & {"inputs", "params", "ports"}:
        return "build"
    return "domain" if "team" in keys and "name" in keys else ""
