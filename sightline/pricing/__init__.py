"""The price of a deployment, computed from one table of AWS's list prices; standard library only."""
