"""Audit: judge one staged port against its contract, and profile it, in as few scans as pay."""

from meshwright.audit.compile import compile_audit
from meshwright.audit.drift import ColumnReference, edges_of, read_reference
from meshwright.audit.explain import explain
from meshwright.audit.plan import AuditPlan, Check
from meshwright.audit.probing import with_statistics
from meshwright.audit.quarantine import row_predicate, within
from meshwright.audit.report import checks_payload, profile_document
from meshwright.audit.run import run_audit
from meshwright.audit.target import AuditTarget, Reference

__all__ = [
    "AuditPlan",
    "AuditTarget",
    "Check",
    "ColumnReference",
    "Reference",
    "checks_payload",
    "compile_audit",
    "edges_of",
    "explain",
    "profile_document",
    "read_reference",
    "row_predicate",
    "run_audit",
    "with_statistics",
    "within",
]
