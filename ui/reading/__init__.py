"""The page that reads a film; the data set and batch pages use parts of it."""
