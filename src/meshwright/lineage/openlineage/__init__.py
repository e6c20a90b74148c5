"""OpenLineage, both ways: events of builds for others, and what others tell as facts of this mesh."""
