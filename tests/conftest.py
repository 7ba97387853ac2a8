"""All tests run the sources: coverage does not see into compiled modules, and what is tested is what stands there."""

import os

os.environ["GWS_COMPILED"] = "0"  # before any test, and for the processes that tests start
