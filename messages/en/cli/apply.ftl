### What an answer changed.

applied = licensed: { $product } with license { $key }
grace_over = the grace of this response ended on { $day }: ask again with countersign request sync
unchanged = nothing about it has changed
already_applied = this response is in force already: license { $key } is as it says
already_newer = a later response for license { $key } is in force; nothing was changed
desk_known = the desk is known now for { $products }
clocks_apart_on_loan = the site's clock said { $sites } when this loan was signed, and by this computer's it is { $here }: one of the two is wrong
clocks_apart_on_loan_hint = look at both: set this one where it is wrong; else tell the site's license administrator, and ask again when his is right: countersign request extend --days N
clocks_apart_hint = look at both: set this one where it is wrong; else tell the vendor, and ask again when theirs is right: countersign request sync
held_elsewhere = this computer held the license before: if another account goes on with it, ask once for all accounts, as root: countersign request activate KEY --system
clocks_apart_now = the vendor's clock said { $vendors } when this response was signed, and by this computer's it is { $here }: one of the two is wrong
clocks_apart_asked = the vendor's clock said { $vendors } when this response was signed, and by this computer's the request was made on { $here }: one of the two is wrong
