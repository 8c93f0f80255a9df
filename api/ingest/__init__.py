"""Taking images in: bucket, uploads queue, upload routes."""
