"""The web pages: rendered on the server, one module of `pages` for each part of the mesh."""
