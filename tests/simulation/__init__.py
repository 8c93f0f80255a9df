"""A simulation of the chain at scale: discrete events, seeded, with the services' limits as token buckets."""
