"""Published results on ChestX-ray14."""
