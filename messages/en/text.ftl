### Codes as they are read and written.

no_code = there is no code in this text
wrong_kind = this is { $noun }, which is not what is wanted here
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
a_activate = a request code
a_sync = a re-validation request code
a_return = a return code
a_grant = a response code
a_borrow = a borrow request code
a_loan = a loan code
a_loan_return = a loan return code
a_site_card = a site card
a_desk_certificate = a desk certificate
a_emergency = an emergency code
rows_apart = this { $noun } is damaged: each row can be read, but they do not belong together
damaged = this { $noun } is damaged: { $rows }
row_missing_of = row { $row } of { $of } is missing
row_missing = row { $row } is missing
row_in_doubt = row { $row } is in doubt; { $groups }
it_looks_wrong = it looks wrong
group_looks_wrong = group { $group } looks wrong
groups_look_wrong = groups { $groups } and { $last } look wrong
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
not_a_code = this is { $thing }, not a code
attached = there is no code in this message, but { $thing } is attached
thing_pdf = a PDF
thing_document = a document of a word processor
thing_table = a table of a spreadsheet program
thing_archive = an archive of files
thing_outlook_message = a message in Outlook's own form
thing_encrypted = an encrypted message
thing_signature = a signature
thing_certificate = a certificate or a public key
thing_private_key = a private key
thing_product = a product file
thing_picture = a picture
thing_bytes = a file that is no text
thing_program = a program
thing_recording = a recording
thing_document_hint = open it, copy the code from its prefix to its last group, and paste that
thing_archive_hint = unpack it, and hand over the file in it that has the code
thing_outlook_message_hint = open it in Outlook and copy the text, or save it there as text
thing_encrypted_hint = open it in the program that decrypts it, and copy the text
thing_signature_hint = hand over the message that it belongs to
thing_else_hint = look for the message with the code
thing_private_key_hint = keep it to yourself and send it to nobody; look for the message with the code
thing_product_hint = it is installed as a product, not entered as a code
thing_picture_hint = take a picture of the QR code, or type the code from its prefix to its last group
thing_bytes_hint = save the message as text, or copy the code out of it and paste that
