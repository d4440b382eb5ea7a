### Giving a license up.

question = license { $key } for { $product } ends here at once and for good; return it?
deed = whether to return the license
unchanged = nothing was changed
not_remembered = nothing beside this home remembers the return: keep no older copy of it in use
subject = License return { $key } for { $product }
opening = This license is given back: please free its seat. There is nothing to answer.
given_up_before = { $activation } was given up on { $when }: the same code again
given_up = { $activation } is given up
send_to = send the code to { $to }: it frees the seat; this command prints it again at any time
vendors_desk = the vendor's desk
