### Pictures that cannot be read.

no_picture = it does not begin as a picture
size = its size is wrong
header = it has no header
colours = its colours are wrong
