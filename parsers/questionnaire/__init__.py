"""The questionnaire: from cells to what a school says of itself."""
