"""HeAilth's machine-learning core: films in, findings out. Knows no screen."""
