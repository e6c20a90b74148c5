"""Column lineage: what columns are made of, and who is downstream of them."""
