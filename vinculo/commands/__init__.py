"""Commands, a module for one or a few that belong together; each is imported when it is called."""
