### USB keys.

wrong = { $error }; { $hint }
not_plugged_in = the USB key { $device } is not plugged in now; the license will need it
none = no USB device with a serial number is plugged in
none_hint = plug the USB key in; a device that reports no serial number cannot be told from others of its make, so no license can be bound to it
several = several USB devices are plugged in: { $devices }
several_hint = say which: --usb VID:PID:SERIAL
