"""Battery cells side by side: eight cases in the lanes of vectors, each with its own time, step, order and end."""
