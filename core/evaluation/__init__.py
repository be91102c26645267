"""How good a network is on films with labels, and what its figures are worth."""
