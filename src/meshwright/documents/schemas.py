"""The JSON schemas of every kind of descriptor, by name.

Ours (mesh, domain, build, tests, product, glossary) are files beside this module, fit for editors. The
contract's is the official ODCS 3.2.0 schema, as the wheel `open-data-contract-standard` ships it; its
package is not imported. Two places of it are mended before use: conditions on `logicalType` also hold where
there is none (a column without one would need a `map`), and quality rules are judged by `quality_rules`,
which says what is wrong where the schema can only say that no alternative fits.
"""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema_rs

from meshwright.errors import PluginError, UsageError, did_you_mean

OWN = (
    "mesh",
    "domain",
    "product",
    "build",
    "tests",
    "glossary",
    "groups",
    "rule-tests",
    "access",
    "access-tests",
    "grants",
)
OBSERVE = "observe"  # a part of build.yaml that a contract may have as a custom property
Schema = dict[str, Any]

_OPERAND = {"type": "number"}
_OPERAND_PAIR = {"type": "array", "items": _OPERAND}
OPERATORS: dict[str, Schema] = {
    "mustBe": {},
    "mustNotBe": {},
    "mustBeGreaterThan": _OPERAND,
    "mustBeGreaterOrEqualTo": _OPERAND,
    "mustBeLessThan": _OPERAND,
    "mustBeLessOrEqualTo": _OPERAND,
    "mustBeBetween": _OPERAND_PAIR,
    "mustNotBeBetween": _OPERAND_PAIR,
}
_RULE_KEYS: dict[str, Schema] = {
    "metric": {"type": "string"},
    "rule": {"type": "string"},
    "validValues": {"type": "array"},
    "arguments": {"type": "object"},
    "query": {"type": "string"},
    "engine": {"type": "string"},
    "implementation": {"type": ["string", "object"]},
}


def names() -> tuple[str, ...]:
    """Return the names of all schemas."""
    return (*OWN, "contract")


def text(name: str) -> str:
    """Return a schema as text, as editors want it; the contract's is the official one."""
    if name == "contract":
        return _official_file().read_text(encoding="utf-8")
    if name not in OWN:
        raise UsageError("schema-unknown", f"no schema `{name}`", hint=did_you_mean(name, names()))
    return (Path(__file__).parent / "schemas" / f"{name}.json").read_text(encoding="utf-8")


@cache
def schema(name: str) -> Schema:
    """Return a schema as it is used for judging."""
    if name == OBSERVE:
        return {**schema("build")["$defs"]["Observe"], "$defs": schema("build")["$defs"]}
    loaded: Schema = json.loads(text(name))
    return _mended(loaded) if name == "contract" else loaded


@cache
def validator(name: str) -> jsonschema_rs.Validator:
    """Return the compiled validator of a schema: compiled once in a process."""
    return jsonschema_rs.validator_for(schema(name))


def _official_file() -> Path:
    spec = find_spec("open_data_contract_standard")
    if spec is None or spec.origin is None:
        raise PluginError(
            "schema-missing",
            "the schema of data contracts is not installed",
            hint="pip install open-data-contract-standard",
        )
    return Path(spec.origin).parent / "schema.json"


def _mended(official: Schema) -> Schema:
    definitions = official["$defs"]
    for condition in definitions["SchemaBaseProperty"]["allOf"]:
        if "if" in condition:
            condition["if"] = {"required": ["logicalType"], **condition["if"]}
    rule = definitions["DataQuality"]
    rule["properties"] = {**rule["properties"], **_RULE_KEYS, **OPERATORS}
    rule.pop("allOf")
    return official
