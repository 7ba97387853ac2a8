"""Start the AtomicTNode (`gws atn`)."""

import sys

from gw_spaceheat.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["atn", *sys.argv[1:]]))
