### What a site's license administrator should do about a failure.

lending_paused = ask the vendor once, from here: countersign request sync; enter the answer with countersign apply; the seats go on meanwhile
site_exists = it stays as it is; to make another, because its password is forgotten: countersign site init --new
site_missing = make one: countersign site init
site_key_damaged = put the file back from a backup, or make another key: countersign site init --new
not_a_site = make a key, and ask the vendor once more: countersign site init; countersign request sync --site
may_not_lend = ask the vendor for loans, then: countersign request sync
other_site_key = have the vendor certify it: countersign request sync --site
lending_off = to lend again: countersign site lending on
loans_lost = use goes on; whoever must have a seat before asks the vendor for more of them
loan_too_long = lend for less: countersign respond --until DATE; or allow more: countersign site lending on --days N
beyond_sold = name as many days as were sold, or ask the vendor for longer loans
until_past = name a day to come
seats_kept = to keep fewer here: countersign site lending on --keep N
loan_returned = ask for a new one: countersign request borrow KEY --days N
unknown_loan = see: countersign loan list --all
lost_loan = on the workstation give it back, and ask for another: countersign return; countersign request borrow KEY --days N; the seat of the lost one is free when it must be over
opens_a_lost_one = nothing is to be done: the seat of a lost loan is free when it must be over; the workstation asks for another with countersign request borrow KEY --days N
opens_nothing = where its request was not answered here, there is nothing to do; else see: countersign loan list --all
feature_not_lent = the workstation can ask for the features that there are, or for all of them: countersign request borrow KEY --days N
borrow_again = the workstation asks anew: countersign request borrow KEY --days N --new
numbers_used_up = a new site key does not help: ask the vendor for a new license
no_seat_to_lend = nobody gives these back by a code: wait, or ask somebody who holds one; who does: countersign seat list
no_seat_of_module = nobody gives these back by a code: wait, lend without that module, or ask somebody who holds one; who does: countersign seat list
no_seat_to_lend_until = the next that ends is { $loan }; a return code frees it before; who uses them: countersign seat list
not_for_a_site = a site answers requests to borrow, and return codes of loans
wrong_password = a password that is forgotten cannot be found again: countersign site init --new makes another key, which the vendor certifies
