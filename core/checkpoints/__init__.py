"""What training leaves: cards, weights, histories and scores, in a folder a network."""
