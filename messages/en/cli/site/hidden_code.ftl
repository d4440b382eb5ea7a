only_hidden = the only { $noun } (phrase { $phrase }) stands in a part of the message that is not seen where it is read
alone = whoever sent it may not know of it: see it with countersign inspect, and where it is meant, hand over the code alone
