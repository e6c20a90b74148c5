"""What is expected of one series: pure, and told by nothing but its past."""
