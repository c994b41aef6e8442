"""What each release changed: `tradetrack.news`."""
