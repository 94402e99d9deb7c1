"""rnncli: forecast price sequences with recurrent networks compiled to machine code."""

__version__ = "0.1.0"
