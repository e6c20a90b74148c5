"""What people look for and say: words that find products, where a field comes from, what is alike."""
