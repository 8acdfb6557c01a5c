"""What an operator's webhook is informed of: events, and their deliveries."""
