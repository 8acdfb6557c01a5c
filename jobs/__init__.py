"""What processes say to each other: the Celery app, its queues and schedule, one typed send function per job."""
