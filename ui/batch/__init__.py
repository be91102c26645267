"""The page that reads many films."""
