"""Model files, folders of one model per symbol, and the dates each part was fitted on."""
