"""Who may sign in, which roles and unit they have, and what that lets them see and do."""
