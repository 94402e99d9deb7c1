"""From prices to what a network sees, and from its outputs back to prices."""
