"""Rules that the platform computes: what a contract's change breaks, and which version admits it."""
