"""Start the Ear, which logs every message (`gws ear run`)."""

import sys

from gw_spaceheat.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["ear", "run", *sys.argv[1:]]))
