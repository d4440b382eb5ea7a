### What stands before what is said on standard error.

error = error:
warning = warning:
because = because:
what_to_do = what to do:
