"""`python -m cli` is `hamlet`."""

from cli.app import main

main()
