"""Files of lists: XLSX and CSV, made by a job from what the list shows."""
