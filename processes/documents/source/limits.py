"""How much of a file is looked at; what is beyond is refused, never cut."""

#: The largest file that is read at all, in bytes.
LARGEST_FILE = 25 * 1024 * 1024
#: More characters than any letter has; what is longer is refused.
LONGEST_TEXT = 1_000_000
#: The most pages of a PDF.
MOST_PAGES = 300
#: More paragraphs and tables than any letter has; 20,000 paragraphs fill some 600 pages.
MOST_BLOCKS = 20_000
#: The most cells in all tables together: 10,000 rows of ten columns.
MOST_CELLS = 100_000
#: The most an archive may unpack to, and one part of it that is read; in bytes.
LARGEST_UNPACKED = 200 * 1024 * 1024
LARGEST_PART = 50 * 1024 * 1024
#: How many times its packed size a part may have. Below ``SMALL_PART`` bytes that says nothing: a table whose rows
#: say the same packs very well.
HIGHEST_RATIO = 200
SMALL_PART = 10 * 1024 * 1024
#: The most parts of an archive.
MOST_PARTS = 5000
#: The most files in a package of the exchange axis, and bytes in all of them.
MOST_ATTACHMENTS = 100
LARGEST_ATTACHMENTS = 100 * 1024 * 1024
#: The most elements of its XML; a letter to every commune of the country has some 30,000.
MOST_ELEMENTS = 100_000
#: The most rows and columns of a sheet that hold something, and cells that merging may cover.
MOST_ROWS = 20_000
MOST_COLUMNS = 256
#: The longest a file may be taken apart, in seconds, and the most memory this may take, in bytes.
LONGEST_READING = 60
MOST_MEMORY = 1024 * 1024 * 1024
