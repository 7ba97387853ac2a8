"""The control code compiled by mypyc: the same code and the same results, in less time; optional, and for simulations only.

The sources are the truth. What is compiled of them lies in a folder of its own, under a key that is a hash of everything that
went into it. Where there is no folder for the present sources, they are used themselves; so nothing that is stale ever runs.
"""
