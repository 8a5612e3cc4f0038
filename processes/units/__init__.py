"""The registry of units: who can be addressed, under which names, from when to when (DOMAIN §1.3)."""
