"""``pv.shockley_queisser``: the detailed-balance limit."""
