"""What a reorganisation of units means for work that is under way and for the people who do it."""
