"""A product from a source, step by step: a draft that is looked at and edited, then written or proposed."""
