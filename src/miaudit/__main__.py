"""`python -m miaudit` is the command `miaudit`."""

from miaudit.cli.main import run

if __name__ == "__main__":
    run()
