"""Commands, a module per chapter of the tour; each is imported when it is called."""
