"""Rules that a mesh can begin with: `mesh policy add` copies them, with their tests."""
