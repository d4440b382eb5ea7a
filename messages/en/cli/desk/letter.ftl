### Letters that a desk writes to whoever holds a license.

response_subject = License response { $key } for { $product }
response_opening = This is the answer to your license request. Enter the code with `countersign apply`; this whole message may be pasted.
responses_subject = License responses { $keys }
responses_opening = These are the answers to your license requests. On each machine enter this whole message with `countersign apply`: it takes the code that is its own.
refusal_subject = Your license request
refusal_opening = Your license request is not answered with a code. This mail was written by a program; a person reads what you answer.
one_of_several = { $key } as { $activation }: { $product }, { $seats ->
        [one] { $seats } seat
       *[other] { $seats } seats
    }, expires: { $expires }
taken_back = the { $request } was taken: its license is given back
not_answered = the { $request } is not answered: { $why }
why_no_seat = no seat of the license is free; give one back on another machine, or ask us for more
why_expired = the license has ended; ask us to renew it
why_not_good = the license is not valid any more; please ask us
why_unknown = we know of no license with this key; please look at it again
why_given_up = the license was given back on that machine; ask for it anew with `countersign request activate`
why_we_write = we look into it and write to you
new_subject = Your { $product } license is ready
update_subject = Your { $product } license update is ready
hello = Hello { $customer },
new_ready = your { $product } license { $key } is ready.
update_ready = an update of your { $product } license { $key } is ready.
in_use = It is in use on { $machines } machines; each of them asks for itself.
changed = What changed:
ask_us = On the licensed machine, make a request code and send it to us:
ask_us_at = On the licensed machine, make a request code and send it to us at { $desk }:
bound_there = After each = write what the license is bound to there, { $names }:
answer = We answer with a response code. Enter the whole answer there:
until_then = Until then everything goes on as it is.
request_label = request
