"""`python -m rnncli`: the same as the installed command."""

from rnncli.cli import main

main()
