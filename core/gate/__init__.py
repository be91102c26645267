"""The gate: can this picture be a frontal chest film, and is it upright, whole and positive?"""
