"""The two forms that make a school's answer easy: a workbook to fill in, and a letter to be signed and sealed."""
