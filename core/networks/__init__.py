"""Networks: which there are, where their weights start, and what goes in and comes out."""
