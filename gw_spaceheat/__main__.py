"""`python -m gw_spaceheat` is the same door as `gws`."""

import sys

from gw_spaceheat.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
