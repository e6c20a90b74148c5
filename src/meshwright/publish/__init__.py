"""What readers see, and since when: staging places, the commit point, the outbox, history and retention."""
