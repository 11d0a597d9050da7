"""Signing in to the pages by an issuer of the clinic: OpenID Connect Core 1.0, code flow with PKCE.

Who may come in stands in the settings. A session is a random number in a cookie, and some times in memory of
this process; nothing of the person who signed in is kept.
"""
