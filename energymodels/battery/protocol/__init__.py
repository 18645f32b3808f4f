"""What is done to a cell: text into steps, steps into numbers."""
