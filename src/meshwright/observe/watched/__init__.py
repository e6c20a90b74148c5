"""The points of builds: which are looked at, and one sentence or none from all that is unusual."""
