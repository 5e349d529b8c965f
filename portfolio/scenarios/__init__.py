"""What-if: the best choice of projects under limits."""
