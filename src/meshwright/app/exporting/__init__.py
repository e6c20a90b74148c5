"""Products and the mesh in open standards: ODCS, ODPS, DCAT 3 and DPROD."""
