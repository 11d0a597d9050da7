"""``python -m stepdown.interfaces.cli`` runs the same command as ``stepdown``."""

import sys

from stepdown.interfaces.cli import main

if __name__ == "__main__":
    sys.exit(main())
