"""Recognition: detectors, results, the uploads worker, the routes of images and of POST /classify."""
