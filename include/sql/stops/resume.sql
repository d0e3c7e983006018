-- Parameters: account, channel ('' for the stop of the whole account). No row: it was not stopped.
delete from channel_stop where account = %(account)s and channel = %(channel)s returning channel
