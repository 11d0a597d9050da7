"""Somebody else says who is there: OAuth 2.0 with PKCE (RFC 6749, RFC 7636) and OpenID Connect Core 1.0.

What a launch from a record system and a sign-in have in common: where an issuer has its endpoints, what is
kept between the redirects, the exchange of a code, the proof of an ID token. Only listed origins are asked.
"""
