"""Reading images, their pictures, models and statistics."""
