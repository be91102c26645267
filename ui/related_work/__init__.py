"""The page of related work."""
