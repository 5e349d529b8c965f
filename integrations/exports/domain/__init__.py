"""What leaves, as text: pure Python."""
