"""The text of a letter: whom it appoints, on what number, who has signed it."""
