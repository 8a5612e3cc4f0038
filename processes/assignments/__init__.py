"""One directive given to one lead unit: its state, its clock, its service tasks."""
