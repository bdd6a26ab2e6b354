"""Training of metsight's networks: data set folder → checkpoint → shipped model."""
