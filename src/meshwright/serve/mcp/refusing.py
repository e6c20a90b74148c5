"""What a tool says where it could not do what was asked: what is wrong, and the call that helps."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from meshwright.serve.wording import told

_READ = re.compile(r"may not read `([^`@]+)")
_NAMED = re.compile(r"`([^`]{1,200})`")
_TABLE = re.compile(r"\b[a-z_]\w*\.\w+\.\w+\b", re.IGNORECASE)
_UNKNOWN = ("product-unknown", "port-unknown", "domain-unknown", "table-unknown", "dataset-unknown")
_ASKED = ("request-open", "not-for-others", "purpose-not-of-token")


def refusal(
    error: BaseException, said: Mapping[str, Any], root: Path | None = None
) -> dict[str, Any]:
    """Return an error as a shape: code, message, hint, kind, and the next call where one helps."""
    shape: dict[str, Any] = {"error": told(error, root)}
    following = _next(shape["error"]["code"], shape["error"]["message"], said)
    return {**shape, "next": following} if following else shape


def _next(code: str, message: str, said: Mapping[str, Any]) -> dict[str, Any] | None:
    if code == "access-denied":
        found = _READ.search(message)
        address = found[1] if found else str(said.get("address", ""))
        purpose = str(said.get("purpose") or "") or "say what for"
        return _call("request_access", address=address, purpose=purpose)
    if code in _UNKNOWN or code == "address-invalid":
        found = _NAMED.search(message)
        words = (found[1] if found else str(said.get("address", ""))).replace(".", " ")
        return _call("search", text=" ".join(words.split()[-2:]))
    if code in ("column-unknown", "sql-unknown-column"):
        named = _TABLE.search(str(said.get("sql", "")))
        address = str(said.get("address", "")) or (named[0] if named else "")
        return _call("get_schema", address=address) if address else None
    if code in _ASKED:
        return _call("my_access")
    return None


def _call(tool: str, **arguments: str) -> dict[str, Any]:
    return {"tool": tool, "arguments": arguments}
