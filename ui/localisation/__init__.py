"""The page that checks heat maps."""
