"""The commands of the program `miaudit`."""
