"""Benchmarks: an asv suite, and ``report.py``, which times pvlib beside us in one run."""
