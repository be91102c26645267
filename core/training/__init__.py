"""Training: the loop, the recipes, what the loss compares with, and the log of runs."""
