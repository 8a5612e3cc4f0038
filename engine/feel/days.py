"""The calendar by which FEEL counts days: Gregorian without beginning or end, from year -999999999 to 999999999.

Years are counted as in ISO 8601: the year before 1 is 0, which leaps.
"""

MAX_YEAR = 999_999_999
#: The calendar repeats itself after so many years, and so many days.
CYCLE_YEARS = 400
_CYCLE_DAYS = 146_097
_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_leap(year: int) -> bool:
    """Return whether a year has 366 days."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_length(year: int, month: int) -> int:
    """Return the number of days of a month."""
    return 29 if month == 2 and is_leap(year) else _MONTH_LENGTHS[month - 1]


def is_day(year: int, month: int, day: int) -> bool:
    """Return whether there is such a day within the years that FEEL knows."""
    return -MAX_YEAR <= year <= MAX_YEAR and 1 <= month <= 12 and 1 <= day <= month_length(year, month)


def number_of_day(year: int, month: int, day: int) -> int:
    """Return the number of a day; 0001-01-01 is 1.

    Years are taken to begin in March, so that the day that a leap year adds is the last of its year.
    """
    shifted = year if month > 2 else year - 1
    cycle, year_of_cycle = divmod(shifted, CYCLE_YEARS)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    day_of_cycle = year_of_cycle * 365 + year_of_cycle // 4 - year_of_cycle // 100 + day_of_year
    return cycle * _CYCLE_DAYS + day_of_cycle - 305


def day_of_number(number: int) -> tuple[int, int, int]:
    """Return year, month and day of the day with this number; the opposite of :func:`number_of_day`."""
    cycle, day_of_cycle = divmod(number + 305, _CYCLE_DAYS)
    leaps = day_of_cycle // 1460 - day_of_cycle // 36_524 + day_of_cycle // 146_096
    year_of_cycle = (day_of_cycle - leaps) // 365
    day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle // 4 - year_of_cycle // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted_month + 2) // 5 + 1
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
    return cycle * CYCLE_YEARS + year_of_cycle + (1 if month <= 2 else 0), month, day
