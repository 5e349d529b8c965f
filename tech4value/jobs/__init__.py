"""Long operations: started by name, watched, resumed or failed with a message."""
