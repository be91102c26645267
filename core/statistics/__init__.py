"""Statistics that know no films: bootstrap over patients, measures, thresholds, calibration."""
