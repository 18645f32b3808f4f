"""What is made of results: comparisons and figures."""
