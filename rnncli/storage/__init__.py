"""Files of rnncli's own: written whole or not at all, locked, and sealed under a digest.

atomic      the one writer: a file is replaced whole or stays as it was
locks       one process at a time for a file or folder
tensor_file the container of model, checkpoint and state files: tensors and JSON, no code
"""
