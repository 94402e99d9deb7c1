"""The forecasts a model is measured against."""
