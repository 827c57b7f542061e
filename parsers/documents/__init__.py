"""Files that may hold a letter, of any format, as pages: text with geometry, or a picture."""
