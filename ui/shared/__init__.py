"""What several pages share: frame, cached loaders, style, films, networks, tables."""
