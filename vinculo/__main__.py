"""``python -m vinculo`` is the command ``vinculo``."""

from vinculo.cli import main

if __name__ == "__main__":
    main()
