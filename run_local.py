"""Start every actor meant for the Pi (`gws run`)."""

import sys

from gw_spaceheat.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["run", *sys.argv[1:]]))
