"""Forecast distributions and their calibration: quantiles, densities, conformal bounds."""
