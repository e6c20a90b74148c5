"""Find personal data in columns: validators first, then headers together with shapes of values."""
