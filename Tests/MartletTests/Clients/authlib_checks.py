"""SMART Backend Services with authlib: private_key_jwt by both algorithms, keys inline.

Usage: authlib_checks.py SITE PROGRAM FOLDER
"""
import json
import pathlib
import time

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey, RSAKey
from martlet_commands import BASE, FOLDER, SITE, add_client, martlet

token_endpoint = SITE + "/auth/token"
# What clients find out by themselves.
found = requests.get(BASE + "/.well-known/smart-configuration").json()
assert found["token_endpoint"] == token_endpoint
assert "client-confidential-asymmetric" in found["capabilities"]
assert {"RS384", "ES384"} <= set(found["token_endpoint_auth_signing_alg_values_supported"])


def key_set(name, key):
    path = pathlib.Path(FOLDER) / f"{name}.jwks"
    path.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    return str(path)


def session(name, key, algorithm, lifetime=240, audience=token_endpoint, kid=None):
    session = OAuth2Session(name, key, token_endpoint_auth_method="private_key_jwt", scope="system/Patient.rs")
    claims = {"exp": int(time.time()) + lifetime}
    headers = {"kid": kid or key.kid}
    session.register_client_auth_method(PrivateKeyJWT(audience, claims=claims, headers=headers, alg=algorithm))
    return session


def fetch(session):
    return session.fetch_token(token_endpoint, grant_type="client_credentials")


def refused(session, why):
    try:
        fetch(session)
    except OAuthError as error:
        assert error.error == "invalid_client", (why, error)
        return
    raise AssertionError(why)


keys = {
    "ES384": ECKey.generate_key("P-384", {"kid": "ec-1", "alg": "ES384", "use": "sig"}),
    "RS384": RSAKey.generate_key(2048, {"kid": "rsa-1", "alg": "RS384", "use": "sig"}),
}
for algorithm, key in keys.items():
    name = "lab-" + algorithm.lower()
    add_client("--id", name, "--name", name, "--grant", "client_credentials", "--scope",
               "system/Patient.rs system/Observation.cruds", "--jwks", key_set(name, key))
    client = session(name, key, algorithm)
    granted = fetch(client)
    assert granted["token_type"] == "Bearer" and granted["expires_in"] <= 300, granted
    assert granted["scope"] == "system/Patient.rs", granted
    assert client.get(BASE + "/Patient").status_code == 200
    assert client.get(BASE + "/Observation").status_code == 403, "beyond the scope of the token"
    # The same assertion once more: authlib keeps the jti of claims that it was given.
    refused(client, "an assertion served twice")
    refused(session(name, key, algorithm, lifetime=3600), "an assertion that lasts for an hour")
    refused(session(name, key, algorithm, lifetime=-10), "an expired assertion")
    refused(session(name, key, algorithm, audience=BASE), "an assertion for somebody else")
    refused(session(name, key, algorithm, kid="other"), "an unknown key")
    refused(session("lab-nobody", key, algorithm), "an unknown client")

# Another key under the same name is not the client's; after a rotation the old one is not any more.
stranger = ECKey.generate_key("P-384", {"kid": "ec-1", "alg": "ES384", "use": "sig"})
refused(session("lab-es384", stranger, "ES384"), "a stranger's key")
martlet("client", "rotate", "--id", "lab-es384", "--jwks", key_set("rotated", stranger))
deadline = time.time() + 60
while True:
    try:
        fetch(session("lab-es384", stranger, "ES384"))
        break
    except OAuthError:
        assert time.time() < deadline, "the new key never came into force"
        time.sleep(0.1)
refused(session("lab-es384", keys["ES384"], "ES384"), "a key that was replaced")
print("ok: private_key_jwt by RS384 and ES384")
