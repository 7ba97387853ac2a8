"""The hourly net balance: where a bill is settled on each period's net energy, loads run so that the period ends near zero.

The *balance* is production less consumption since the period began [Wh]: positive is surplus, negative is debt. Both the
simulator and the live manager hand what they see to the same `Manager`; the algorithm behind it says which loads should be on.
"""
