"""Access policies by Cedar: a language whose evaluation always ends, and a schema that catches mistakes."""

from meshwright.adapters.cedar.engine import CedarPolicyEngine

__all__ = ["CedarPolicyEngine"]
