"""Forms of user tasks on a page: what is asked, what was sent, what is wrong with it, what it said later."""
