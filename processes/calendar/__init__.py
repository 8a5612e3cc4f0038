"""The working-day calendar: days off and make-up workdays as data, deadlines counted with it (DOMAIN §4)."""
