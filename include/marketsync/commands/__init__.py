"""The shell's commands, one module per subject."""
