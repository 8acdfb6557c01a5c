"""How processes reach each other: the Celery app, its queues and schedule, one typed function for each job."""
