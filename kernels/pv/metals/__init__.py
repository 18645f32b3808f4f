"""Metals on their way from the feedstock to the wafer: crystal growth, pairing, gettering, capture of
carriers.
"""
