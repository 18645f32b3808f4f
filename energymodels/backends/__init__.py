"""Reference backends: the same spec in, the same outputs out. A backend is imported only when asked for."""
