"""``battery.spm``, ``battery.spme``, ``battery.dfn``: a cell that follows a protocol."""
