"""The Lambda authorizer; its zip alone holds cryptography."""
