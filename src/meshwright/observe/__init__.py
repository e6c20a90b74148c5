"""Notice what is not as it usually is."""
