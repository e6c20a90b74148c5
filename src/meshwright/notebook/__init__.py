"""The mesh in a notebook: what it shows there, and SQL in a cell.

What must stay true: nothing here is imported before a notebook asks; every text of the mesh is escaped; what
is shown holds no script, no colour that only one theme can read, and no more rows than fit a page.
"""
