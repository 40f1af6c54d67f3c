"""What if: actions against a group side by side, what each would break, how soon it might mend, and what it would cost.

Everything here is a calculation on the links that are on record. It recommends nothing.
"""
