### Other names of a server.

forgotten = forgotten
was_none = it was no alias; nothing was changed
declared = { $alias } means { $server } from now on
kept_hint = what is said above is kept; look whether the disk is there and whole
