"""`python -m rnncli`: the same as the installed command."""

from rnncli.cli import main

if __name__ == "__main__":  # processes that it starts import it under another name
    main()
