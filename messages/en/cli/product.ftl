### Products that are installed.

installed = { $name } of { $vendor } is installed
mended = { $name } of { $vendor } is installed in the place of a file that was damaged
updated = { $name } is updated from version { $from } to { $version }
already = { $name } is installed already
already_newer = { $name } is installed already, in the newer version { $version }
already_another = { $name } is installed already, by another file of the same version { $version }: ask the vendor for a newer one
signed_by = signed by the key { $fingerprint }
next = next: countersign request activate KEY, with the license key the vendor sent
none = no products yet
the_machine = the machine
warns = { $days ->
        [one] 1 day
       *[other] { $days } days
    } before the end of the grace
demo = { $days ->
        [one] 1 day
       *[other] { $days } days
    } with { $contents }
counts_each = counts each { $unit }
rests = { $hours ->
        [0] rests for no time
        [one] rests 1 hour before another user gets it
       *[other] rests { $hours } hours before another user gets it
    }
