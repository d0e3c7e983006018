"""One folder per marketplace, with the same file names in each; base.py is the contract they fill."""
