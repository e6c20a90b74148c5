"""What each address of the web shows: one module a part of the mesh, each with its `PAGES`."""
