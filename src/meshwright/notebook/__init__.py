"""The mesh in a notebook: what it shows there, and SQL in a cell."""
