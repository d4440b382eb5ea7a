### What is wrong with a damaged picture.

no_picture = it does not begin as a picture
size = its size is wrong
header = it has no header
colours = its colours are wrong
