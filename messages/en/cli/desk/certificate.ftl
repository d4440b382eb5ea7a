### The page that tells a customer which license is his, to print or to attach.

title = License certificate
of_vendor = { $vendor } · license certificate
key = License key
product = product
licensee = licensed to
edition = edition
kind = type
seats = seats
expires = expires
maintenance = maintenance
until = until { $day }
contact = to be in contact
each = at the latest { $days ->
        [one] { $days } day
       *[other] { $days } days
    } after each answer of ours
never = not needed once it is activated
usb = USB key
order = order
as_of = As of { $day }. Keep this page: with the key you ask for the license on a machine, and for help.
how = How it gets onto a machine
first = On the machine where the program is installed, type:
send = Send what it prints to us.
send_at = Send what it prints to { $desk }.
bound = After each = write what the license is bound to there, { $names }.
enter = We answer with a code. On the same machine, type the following, and paste the whole answer:
offline = No network is needed on that machine: mail the codes from another one, or read them out on the telephone.
