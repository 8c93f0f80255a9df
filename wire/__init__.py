"""How the functions speak: to AWS, to queues, to their HTTP callers, to strangers' servers."""
