"""`python -m khobao` is the command `khobao`."""

from khobao.entry import main

main()
