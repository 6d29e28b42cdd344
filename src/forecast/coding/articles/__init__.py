"""Free text: an English parser finds who did what to whom in each sentence, and the codebook makes events of it."""
