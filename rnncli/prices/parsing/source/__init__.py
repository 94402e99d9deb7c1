"""From what a command line names to clean text.

In: paths, or standard input. Out: `Text`, UTF-8 without a byte order mark, with plain newlines.

    paths        which files are named, and what a file is called
    limits       how much of an input is taken at most
    compression  gzip, xz, bzip2, zstd, zip, Parquet
    encoding     a byte order mark, UTF-8, or what makes listed names of the header
    text         all of that: an input as text
    checks       the list of the checks made here
"""
