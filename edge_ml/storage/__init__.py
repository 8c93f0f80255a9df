"""The objects of S3: images that are read, pictures that are written, the client of both."""
