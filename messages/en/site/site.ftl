### What a customer's site says of its key and its loans.

exists = this home has a site's key already
missing = this home has no site's key
damaged_key = the file of the site's key is damaged or was edited
not_a_site = license { $key } was asked for without a site's key
may_not_lend = license { $key } may not be lent: no loans were sold with it
other_key = the vendor has not certified this site's key
lending_off = this site lends no seats at present
lending_paused = the book of loans was put back to an earlier state, so it is not known what is lent: nothing is lent until the vendor has answered
lending_paused_elsewhere = this computer is not the one that the license stands for, or it was changed: nothing is lent until the vendor has answered
lost_until = the book of loans was lost, and all seats may be lent until { $until }
loan_too_long = { $asked } days are asked for, and this site lends for { $longest } at most
beyond_sold = loans of { $asked } days are longer than the { $sold } that were sold
until_past = { $day } is over
note_not_trusted = the note of the site with license { $key } is not trusted: { $why }
rules_feature = the product has no feature { $feature }
rules_seats = it reserves more seats than the license has: of { $seats ->
        [one] 1 seat
       *[other] { $seats } seats
    } the lines before it leave { $left }
rules_module = it reserves more seats of { $module } than the license has: of { $seats ->
        [one] 1 seat
       *[other] { $seats } seats
    } the lines before it leave { $left }
seats_kept = { $left ->
        [0] no seat is left
        [one] the seat that is left stays here
       *[other] the { $left } seats that are left stay here
    }
loan_returned = loan { $loan } was given back: it cannot be extended
unknown_loan = no loan has the number { $loan }
lost_loan = loan { $loan } is one of those that the book has lost, which may be out until { $until }
opens_a_lost_one = this return code opens no loan that the book knows; it has lost some, which may be out until { $until }
opens_nothing = this return code opens no loan of this site
too_long_to_lend = what license { $key } contains is too long for the codes by which it is lent
feature_not_here = the license does not contain { $feature }
nothing_wanted = the request names no feature at all
commitment_used = another request was answered that begins as this one does
note_used_up = what this site says of license { $key } was changed as often as it can be
numbers_used_up = all numbers of loans are used up
wrong_kind = this is { $noun }, which a site does not answer
wrong_password = the password does not open the site's key
password_needed = the password of the site's key is needed
out_of_order = what was written since does not fit
out = out
ending = ending
over = over
returned = returned
kept = returned, its seat kept
extended = extended
shortened = the site's own license ends on { $day }, and the loan with it
clock_off = the workstation's clock says { $day }
second_loan = this workstation has loan { $loan } already: that seat stays reserved, too
other_machine = another workstation than that of loan { $loan } asks for more time of it: it gets a loan of its own, and loan { $loan } stays reserved
changed = { $parts } of this workstation changed since loan { $loan }, which it has: the seat is the same
weakly_bound = the workstation says little about itself: a copy of its disk or image may pass for it
given_back = loan { $loan } has been given back since then: this code gives nothing back
not_remembered = nothing but the home remembers this loan: if the home is put back to an earlier state, that is not noticed; to have it noticed, do the same once more as root
not_for_names = license { $key } is not for users by name
no_place = { $seats ->
        [one] the one place of the license is taken
       *[other] all { $seats } places of the license are taken
    }: with users { $users }, resting { $resting }, lent { $lent }
