"""Access: what is decided of a principal and a port, and how somebody comes to be granted it."""
