### The application's dialogue: request, apply, return.

no_home = there is no home directory for this user
not_licensed = there is no license for { $product } on this machine
which_license = several licenses are known here: { $keys }
needs_seat = the license floats, and this application does not take one of its seats
