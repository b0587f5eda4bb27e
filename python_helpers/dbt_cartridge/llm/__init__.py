"""The provider's part of a run: better names, descriptions and business logic, all of it checked.

Nothing of an SDK is imported before it is asked.
"""
