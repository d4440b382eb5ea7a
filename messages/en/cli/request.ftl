### Asking for a license, and asking again.

subject = License request { $key } for { $product }
opening = Please answer this license request with a response code.
weak = little is known about this machine: whoever copies its disk or image copies the license too; to bind it to a USB key instead, add --usb auto
repeated = this request was made on { $day } and waits for its answer: the same code again (--new makes another)
bound_to_say_so = bound to { $name } { $value }: say so in the message to the desk
vendors_desk = the vendor's desk
send_to = send the code to { $to }, and enter the answer here with: countersign apply
sync_subject = License re-validation { $key } for { $product }
changed_say_so = since the last answer: { $changes }; say so in the message to the desk
bound_to = bound to { $name } { $value }
borrow_subject = Loan of { $product }, license { $key }
borrow_opening = Please lend me a seat: answer this request with countersign respond, and send me the code.
send_to_site = send the code to the site's license administrator, and enter the answer here with: countersign apply
held_subject = What the machine holds of license { $key } for { $product }
held_opening = This is what the machine holds, and what it asked for: please take it back with countersign ledger readopt.
send_held_to = send all of these codes to { $to }: they ask for nothing, and the vendor takes back by them what was lost there
