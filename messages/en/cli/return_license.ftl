### Giving a license up.

question = license { $key } for { $product } ends here at once and for good; return it?
question_too = license { $key } for { $product } ends here at once and for good, and in another home on this computer ({ $others }) with it; return it?
deed = whether to return the license
unchanged = nothing was changed
not_remembered = nothing beside this home remembers the return: keep no older copy of it in use
subject = License return { $key } for { $product }
opening = This license is given back: please free its seat. There is nothing to answer.
opening_all = This license is given back: please take all { $count } codes and free its seat. There is nothing to answer.
given_up_before = { $count ->
    [one] { $activation } was given up on { $when }: the same code again
   *[other] { $activation } was given up on { $when }: the same { $count } codes again
}
given_up = { $activation } is given up
given_up_with = { $activation } is given up with it: it was asked for here too, and may have been answered
ends_too = { $activation }, of another home on this computer, ends with it: its place was taken by what is given up; return it there too
send_all_to = send all { $count } codes to { $to }: together they free the seat; this command prints them again at any time
send_to = send the code to { $to }: it frees the seat; this command prints it again at any time
send_to_and_there = send the code to { $to }, and that of each other home too: the seat is free with the last; this command prints it again at any time
send_one_to = send the code to { $to }: with the others of this license it frees the seat; this command prints it again at any time
the_site = the site that lent it
vendors_desk = the vendor's desk
