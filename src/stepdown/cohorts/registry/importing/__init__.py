"""From other people's files to the declared tables: a mapping and a source come in, a registry goes out.

Every row is accounted for: taken, kept beside with the reason why it was not, or left aside because the
mapping asks for other rows.
"""
