"""Documents as a city's offices write them, what a careful clerk reads in each, and how well the reader does."""
