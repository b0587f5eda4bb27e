"""One module per SDK. Each is imported when it is used, and not before."""
