"""Pictures from the store's paths to a marketplace's galleries: links, checks, the store of files, what is wrong.

A marketplace loads pictures itself, later, and tells little of what failed. So each link is looked at before it is
sent: it can be reached, its bytes are a picture of a type and size that the marketplace takes. Only what was seen to
be good is sent, and a gallery is only made smaller where the store lists fewer pictures.
"""
