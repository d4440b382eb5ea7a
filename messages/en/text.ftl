### Codes as they are read and written.

no_code = there is no code in this text
wrong_kind = this is a { $noun }, which is not what is wanted here
no_code_hint = paste the whole message, or the code from its prefix to its last group
wrong_kind_hint = look for the code with the other prefix, or use the command that takes this one
damaged_hint = compare these rows with the original, or have them read out again; the rest is kept as it is
too_long = a code carries at most { $most } bytes, this one would carry { $bytes }
emergency = an emergency code is made of a step from 1 to 31 and ten bytes
too_long_hint = grant fewer features, or raise the edition instead of naming them one by one
emergency_hint = a grant has at most 31 emergency steps
place = row { $row } group { $group }
row_of = row { $number } of { $of }
spare_row = spare row
read_back_phrase = read-back phrase: { $phrase }
kind_activate = request code
kind_sync = re-validation request code
kind_return = return code
kind_grant = response code
kind_borrow = borrow request code
kind_loan = loan code
kind_loan_return = loan return code
kind_site_card = site card
kind_desk_certificate = desk certificate
kind_emergency = emergency code
rows_apart = this { $noun } is damaged: each row can be read, but they do not belong together
damaged = this { $noun } is damaged: { $rows }
row_missing_of = row { $row } of { $of } is missing
row_missing = row { $row } is missing
row_in_doubt = row { $row } is in doubt; { $groups }
it_looks_wrong = it looks wrong
group_looks_wrong = group { $group } looks wrong
groups_look_wrong = groups { $groups } and { $last } look wrong
picture_format = this is a picture of the kind { $format }, which is not read
picture_too_large = this picture is too large to look for a code in: { $mebibytes } MiB
picture_too_many_pixels = this picture is too large to look for a code in: { $width } by { $height } pixels
picture_damaged = this picture is damaged: { $why }
picture_without_code = there is no QR code to be seen in this picture
pictures_not_read = this is a picture, and this program was built without reading pictures
picture_format_hint = save it as PNG or JPEG, or make a screenshot of it
picture_too_large_hint = cut out the part with the QR code, or send a smaller copy
picture_damaged_hint = have the picture sent again as a file
picture_without_code_hint = take the picture from straight ahead with the whole code and its white edge in it, or type the code
pictures_not_read_hint = type the code, or let the phone that scanned it send it as text
too_much_for_qr = { $bytes } characters do not fit into a QR code
row_unreadable = row { $row } cannot be read
row_too_few = row { $row } cannot be read: { $characters ->
        [one] one character too few
       *[other] { $characters } characters too few
    }
row_too_many = row { $row } cannot be read: { $characters ->
        [one] one character too many
       *[other] { $characters } characters too many
    }
check_word = check word: { $word }
