"""Image uploads: the bucket, the uploads queue, the routes."""
