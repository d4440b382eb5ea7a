### Letters that a desk writes to whoever holds a license.

response_subject = License response { $key } for { $product }
response_opening = This is the answer to your license request. Enter the code with `countersign apply`; this whole message may be pasted.
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
