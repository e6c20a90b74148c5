"""Explanations as JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

from meshwright.app.access.explaining import ColumnSight, Explanation, Sight
from meshwright.app.access.testing import CaseResult
from meshwright.model.access import Decision, Mask, Reason

NULL = "replace-with-null"


def explanation_shape(found: Explanation) -> dict[str, Any]:
    """Return what a principal sees of a port."""
    decision = found.decision
    return {
        "principal": decision.principal,
        "address": str(decision.address.at(None)),
        "version": found.version,
        "purpose": decision.purpose,
        "allowed": decision.is_allowed,
        "grant": decision.grant,
        "reasons": [reason_shape(reason) for reason in found.reasons],
        "columns": [_column(column) for column in found.columns] if decision.is_allowed else [],
        "filters": list(decision.filters),
        "minimum_group": decision.minimum_group,
        "help": decision.help,
    }


def sights_shape(sights: Iterable[Sight], column: str = "") -> list[dict[str, Any]]:
    """Return who reads what."""
    return [
        {
            "principal": sight.principal,
            "title": sight.title,
            "address": str(sight.decision.address.at(None)),
            **({"shown": shown_as(sight.mask)} if column else {}),
            "masked": masks_shape(sight.decision.masks),
            "filters": list(sight.decision.filters),
            "minimum_group": sight.decision.minimum_group,
            "purpose": sight.decision.purpose,
            "needs_purpose": sight.needs_purpose,
            "policies": list(sight.decision.policies),
        }
        for sight in sights
    ]


def masks_shape(masks: Mapping[str, Mask]) -> dict[str, str]:
    """Return masks as text, by column."""
    return {column: str(mask) for column, mask in masks.items()}


def reason_shape(reason: Reason) -> dict[str, Any]:
    """Return one thing that decided."""
    return {
        "policy": reason.policy,
        "effect": reason.effect,
        "text": reason.text,
        "columns": list(reason.columns),
    }


def shown_as(mask: Mask | None) -> str:
    """Return `raw`, `null`, or how a column is masked."""
    if mask is None:
        return "raw"
    return "null" if mask.kind == NULL else str(mask)


def how_much(decision: Decision) -> str:
    """Say in a word or two how much of a port is seen."""
    parts = []
    nulls = sum(mask.kind == NULL for mask in decision.masks.values())
    masked = len(decision.masks) - nulls
    if masked:
        parts.append(f"{masked} masked")
    if nulls:
        parts.append(f"{nulls} null")
    if decision.filters:
        parts.append("filtered")
    if decision.minimum_group:
        parts.append(f"groups of {decision.minimum_group}")
    return ", ".join(parts) or "whole"


def _column(column: ColumnSight) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": column.type,
        "classified": column.is_classified,
        "shown": shown_as(column.mask),
        "reasons": [reason_shape(reason) for reason in column.reasons],
    }


def cases_shape(results: Iterable[CaseResult], untested: Iterable[str]) -> dict[str, Any]:
    """Return how the tests of policies ended."""
    listed = list(results)
    return {
        "passed": sum(result.has_passed for result in listed),
        "failed": sum(not result.has_passed for result in listed),
        "tests": [
            {
                "name": result.case.name,
                "file": result.case.file,
                "line": result.case.line,
                "passed": result.has_passed,
                "wrong": list(result.wrong),
                "error": result.error,
                "policies": list(result.policies),
            }
            for result in listed
        ],
        "untested": list(untested),
    }
