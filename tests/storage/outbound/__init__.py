"""Events of the webhook and their deliveries."""
