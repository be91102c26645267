"""The page of the data set."""
