"""`python -m khobao` is the command `khobao`."""

from khobao.main import main

main()
