"""Choose actors and start them (`gws try`)."""

import sys

from gw_spaceheat.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["try", *sys.argv[1:]]))
