"""Heat maps held against the radiologists' boxes."""
