"""Jobs: one keyword-only function a verb, for notebooks and for the command alike."""
