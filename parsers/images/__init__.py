"""Pictures of pages: made upright and even, recognized, looked at again."""
