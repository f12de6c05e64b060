"""Who may open which address: the table that tests/house/test_urls.py holds the whole site against.

A line is a pattern as Django writes it, and who may come there:
ANYBODY     without signing in
SIGNED_IN   every account; what it shows then depends on what the account may see
TOKEN       the API: a token or a session, decided by the API itself
A line that ends in … stands for every address that begins so.
"""

ANYBODY, SIGNED_IN, TOKEN = "anybody", "signed in", "token"

URL_ROLES: dict[str, str] = {
    "healthz": ANYBODY,
    "login/": ANYBODY,
    "login/code/": ANYBODY,
    "login/frozen/": ANYBODY,
    "logout/": ANYBODY,
    "forgotten/": ANYBODY,
    "activate/…": ANYBODY,
    "units/…": SIGNED_IN,
    "persons/…": SIGNED_IN,
    "memberships/…": SIGNED_IN,
    "posts/…": SIGNED_IN,
    "settings/": SIGNED_IN,
    "accounts/…": SIGNED_IN,
    "roles/…": SIGNED_IN,
    "mandates/…": SIGNED_IN,
    "account/…": SIGNED_IN,
    "language/": ANYBODY,
    "theme/": ANYBODY,
    "gallery/…": ANYBODY,
    "activities/…": SIGNED_IN,
    "packs/…": SIGNED_IN,
    "reports/…": SIGNED_IN,
    "verify/…": ANYBODY,
    "journal/…": SIGNED_IN,
    "api/reports…": TOKEN,
    "api/verify/…": ANYBODY,
}
