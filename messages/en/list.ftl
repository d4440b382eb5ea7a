### How names are listed.

and = { $items } and { $last }
nothing = nothing
