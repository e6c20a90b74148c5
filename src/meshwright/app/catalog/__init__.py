"""Finding one's way in the mesh: what there is, who may know of it, what it is good for."""
