"""Speak to programs: what the mesh knows of itself, over HTTP. Renders; decides nothing."""
