### Letters with a code in them.

no_address = { QUOTED($text) } is no mail address
no_address_hint = write one address, such as desk@example.com
not_plain = the mail address { QUOTED($address) } has letters that no mail written here can carry
not_plain_hint = write it in plain letters, a to z: a domain with others has such a form, too, which begins with xn--
no_recipient = no mail address is known to send the code to
no_recipient_hint = say --to ADDRESS; the same command again yields the same code
no_sender = the message does not say who sends it: say --from ADDRESS, or set EMAIL
several = { $noun }s, all of which are wanted
without_code =
    { $opening }

    { $facts }
body =
    { $opening }

    { $facts }

    The { $noun }:

    { $code }

    Read-back phrase, the same on both ends: { $phrase }
