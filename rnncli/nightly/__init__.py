"""The unattended job: read, retrain what is stale, forecast, record, score."""
