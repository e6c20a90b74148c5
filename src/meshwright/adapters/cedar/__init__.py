"""Access policies by Cedar, a language and engine whose evaluation is proven to end and to be one of yes or no."""

from meshwright.adapters.cedar.engine import CedarPolicyEngine

__all__ = ["CedarPolicyEngine"]
