"""How exactly letters are read: a seeded generator of letters, and what the program makes of them."""
