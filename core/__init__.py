"""HeAilth's machine-learning core: films in, findings out. Knows no screen."""

VERSION = "0.1.0"
NOT_A_DIAGNOSIS = "Research software, not a medical device: no output here is a diagnosis."
