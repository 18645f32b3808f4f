"""The detailed-balance limit."""
