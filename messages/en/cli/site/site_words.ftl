### What a customer's site says to its license administrator.

key_named = the site's key
new_password = new password for the site's key:{ " " }
choose_one = choose one: loans are signed with it
replace_question = make another key for this site? until the vendor has certified it, nothing is lent; from then on users by name and rules are to be set again
replace_deed = whether to make another key
made = the site's key is made; keep its password: nobody can find it again
next = next: countersign request activate KEY --site, or countersign request sync --site where the license is held here already
uncertified = this asks for no key: the vendor certifies the site's own with countersign request sync --site
next_sync = next: countersign request sync --site, so that the vendor certifies the new key; what the old one lent stays lent
password_changed = the password is changed; the key is the same
lends = { $keep ->
        [0] lends for { $days } days at most
        [one] lends for { $days } days at most, and keeps 1 seat here
       *[other] lends for { $days } days at most, and keeps { $keep } seats here
    }
keeps_all = { $seats ->
        [one] the license has 1 seat, so none is lent
       *[other] the license has { $seats } seats, so none is lent
    }
lends_nothing = lends nothing; what is out runs to its end
paused = paused: the book of loans was put back to an earlier state
paused_elsewhere = paused: this computer is not the one that the license stands for, or it was changed
no_key = gone
not_certified = { $key }, not certified yet
lost = { $seats ->
        [one] 1 seat stays reserved for a loan that the book has lost, which may be out until { $until }
       *[other] { $seats } seats stay reserved for loans that the book has lost, which may be out until { $until }
    }
all_lost = loans that the book has lost may be out until { $until }: until then nothing is lent
not_now = lends nothing while its license does not hold: { $why }
nothing_sold = lends nothing: no loans were sold; what is out runs to its end
card_subject = Site card for { $product }
card_opening = With this card the answers of our license administrator are shorter. Enter it once.
card_enter = on the workstation: countersign apply
row = loan { $loan }  seat { $seat }  { $features }  { $issued } to { $until }  { $state }
no_loans = no loans
bad_note = a note is one line of { $longest } bytes at most
bad_note_hint = write whose it is, such as: countersign loan note 3 "chen, vessel laptop"
noted = noted at loan { $loan }
dry_run = this is what would be done; nothing was changed:
asked_for = asked for: { $days ->
        [one] 1 day
       *[other] { $days } days
    } of license { $key }
everything = all that the license has
would_lend = a seat with { $what } until { $until }; { $stay ->
        [one] 1 seat stays
       *[other] { $stay } seats stay
    }
would_extend = more time for loan { $loan }, with { $what }: until { $until }; { $stay ->
        [one] 1 seat stays
       *[other] { $stay } seats stay
    }
lent = loan { $loan }: seat { $seat } is lent with { $what } until { $until }; { $stay ->
        [one] 1 seat stays
       *[other] { $stay } seats stay
    }
extended = loan { $before } goes on as loan { $loan } until { $until }; { $stay ->
        [one] 1 seat stays
       *[other] { $stay } seats stay
    }
lent_before = answered before: loan { $loan } again, until { $until }
note_it = to note whose it is: countersign loan note { $loan } TEXT
returned = loan { $loan } is given back: seat { $seat } is free; there is no code to send back
never_lent = one more return code opens no loan of this site: its request was never answered, so there is nothing to give back
returned_before = taken before: loan { $loan } is given back
returned_but = loan { $loan } is given back; seat { $seat } stays reserved for loan { $other } until { $until }
returned_kept = loan { $loan } is given back; seat { $seat } stays reserved until { $until }: as many workstations as the license has seats gave loans back early since the vendor last answered; one exchange with the vendor frees it at once: countersign request sync
loan_subject = Loan of { $product }
loan_opening = Here is the code of your loan. Enter it with: countersign apply
loan_opening_both = Here are the code of your loan and our site card. Enter both: countersign apply
label_lending = lending
label_lent = lent
label_extended_by = extended by
label_note = note
label_site_key = site's key
