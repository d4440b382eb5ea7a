### What was ordered, where the desk tells the customer that it changed.

term_customer = customer
term_contact = contact
term_grace_days = grace days
term_emergency = emergency codes
term_usb = usb key
