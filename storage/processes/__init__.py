"""What the processes share through the database: leases, the worker's sign of life, Telegram's raw updates until they
are handled, and its rate limits.
"""
