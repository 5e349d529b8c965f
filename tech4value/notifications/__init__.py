"""Messages to people; the demo mailbox."""
