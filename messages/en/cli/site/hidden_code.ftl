only_hidden = the only { $noun } (phrase { $phrase }) is in a part of the message that mail programs do not show
alone = the sender may not have put it there: look at it with countersign inspect; if it is meant, hand over only the code
quoted = { $hint }; the quoted { $noun } (phrase { $phrase }) was not taken in its place: if it is meant, hand over only that code
unseen = { $hint }; the { $noun } (phrase { $phrase }) that mail programs do not show was not taken in its place: if it is meant, hand over only that code
