"""Battery cells side by side, in the lanes of vectors, each with its own time, step, order and end.

``single`` (SPM, SPMe) and ``full`` (DFN) are the entries; ``loop`` is what all lanes do together, ``control``
and ``cases`` what happens in one of them.
"""
