"""The function behind GET /images/{image_id}/timeline."""
