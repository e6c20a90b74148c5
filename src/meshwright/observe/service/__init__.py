"""Service levels: what is enforced by observing, good minutes, budgets, downtime."""
