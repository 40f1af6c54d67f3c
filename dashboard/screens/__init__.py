"""Pages, one module each; ``app.py`` lists them."""
