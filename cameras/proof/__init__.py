"""What leaves the house: archives that prove themselves."""
