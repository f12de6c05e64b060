"""`python -m luoshi` is the same as `luoshi`."""

from luoshi.site.commandline import main

main()
