"""SMART App Launch with the SMART Health IT client and a real browser: standalone and from an EHR.

Usage: smart_browser_checks.py SITE PROGRAM FOLDER
"""
import http.server
import shutil
import sys
import threading
import urllib.parse

import requests
from martlet_commands import BASE, PASSWORD, SITE, add_client, add_user, token

from fhirclient import client
from fhirclient.models.observation import Observation
from fhirclient.models.patient import Patient
from fhirclient.server import FHIRNotFoundException

try:
    from selenium import webdriver
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait
except ImportError:
    print("skipped: selenium cannot be installed here")
    sys.exit(0)
chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
driver = shutil.which("chromedriver")
if not chromium or not driver:
    print("skipped: there is no Chromium with its driver")
    sys.exit(0)


class Callback(http.server.BaseHTTPRequestHandler):
    """Where the browser comes back to: the app."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"back at the app")

    def log_message(self, *arguments):
        pass


app = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Callback)
threading.Thread(target=app.serve_forever, daemon=True).start()
redirect = f"http://127.0.0.1:{app.server_port}/callback"

# Who and what there is.
administrator = {"Authorization": "Bearer " + token("--expires", "3600")}


def put(resource):
    place = f"{BASE}/{resource['resourceType']}/{resource['id']}"
    answer = requests.put(place, json=resource, headers=administrator)
    assert answer.status_code in (200, 201), answer.text


for name in ("ada", "ben"):
    put({"resourceType": "Patient", "id": name, "name": [{"family": "Lind", "given": [name.title()]}]})
    put({"resourceType": "Observation", "id": name + "-weight", "status": "final", "code": {"text": "weight"},
         "subject": {"reference": "Patient/" + name}})
put({"resourceType": "Encounter", "id": "visit", "status": "in-progress", "subject": {"reference": "Patient/ben"},
     "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}})
add_user("ada@example.org", "Ada Lind", "--role", "patient", "--patient", "ada")
physician = add_user("ole@clinic.example", "Ole Holm", "--role", "medical-admin")
apps = ["--grant", "authorization_code", "--grant", "refresh_token", "--redirect", redirect, "--scope",
        "openid fhirUser profile launch launch/patient patient/*.rs user/*.rs offline_access"]
add_client("--id", "growth", "--name", "Growth chart", "--public", *apps)
secret = add_client("--id", "chart", "--name", "Chart", "--make-secret", *apps)["client_secret"]

options = webdriver.ChromeOptions()
options.binary_location = chromium
for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
    options.add_argument(argument)
# The pages have to work without script.
options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})


def browser():
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=driver))


def press(window, selector):
    window.find_element(By.CSS_SELECTOR, selector).click()


def sign_in(window, email):
    wait = WebDriverWait(window, 60)
    wait.until(lambda w: w.find_elements(By.NAME, "password"))
    window.find_element(By.NAME, "email").send_keys(email)
    window.find_element(By.NAME, "password").send_keys(PASSWORD)
    press(window, "form button[type=submit], form button")


def decide(window, decision):
    """Answers the question for consent; the address that the browser comes back to."""
    wait = WebDriverWait(window, 60)
    wait.until(lambda w: w.find_elements(By.CSS_SELECTOR, "button[name=decision]"))
    press(window, f"button[value={decision}]")
    wait.until(lambda w: w.current_url.startswith(redirect))
    return window.current_url


def smart_app(**settings):
    smart = client.FHIRClient(settings={"api_base": BASE, "redirect_uri": redirect, **settings})
    assert not smart.prepare()
    return smart


scope = "openid fhirUser patient/*.read offline_access"
window = browser()
try:
    # Standalone: the patient opens an app that keeps no secret.
    smart = smart_app(app_id="growth", scope=scope)
    window.get(smart.authorize_url)
    sign_in(window, "ada@example.org")
    smart.handle_callback(decide(window, "allow"))
    assert smart.ready and smart.patient_id == "ada", smart.launch_context
    assert smart.human_name(smart.patient.name[0]) == "Ada Lind"
    found = Observation.where({}).perform_resources(smart.server)
    assert [one.id for one in found] == ["ada-weight"], found
    for hidden in ("ben",):
        try:
            Patient.read(hidden, smart.server)
            raise AssertionError("another patient's record was read")
        except FHIRNotFoundException:
            pass
    # A new access token by the refresh token; the one before is of no use a second time.
    before = smart.server.auth.refresh_token
    assert smart.reauthorize() and smart.server.auth.refresh_token != before
    assert Patient.read("ada", smart.server).id == "ada"
    smart.server.auth.refresh_token = before
    try:
        smart.reauthorize()
        raise AssertionError("a used refresh token was taken")
    except Exception as error:
        assert "400" in str(error) or "No access token" in str(error), error
    answer = requests.get(BASE + "/Patient/ada", headers=smart.server.auth.signed_headers({}))
    assert answer.status_code == 401, "the family of a stolen refresh token has ended"

    # The person says no; signing in again is not asked for.
    smart = smart_app(app_id="growth", scope=scope)
    window.get(smart.authorize_url)
    back = decide(window, "deny")
    try:
        smart.handle_callback(back)
        raise AssertionError("a refusal was taken for consent")
    except AssertionError:
        raise
    except Exception:
        assert "error=access_denied" in back, back

    # A state that is not the app's own.
    smart = smart_app(app_id="growth", scope=scope)
    window.get(smart.authorize_url)
    back = decide(window, "allow")
    forged = back.replace("state=", "state=x")
    try:
        smart.handle_callback(forged)
        raise AssertionError("another state was taken")
    except AssertionError:
        raise
    except Exception as error:
        assert "state" in str(error)
finally:
    window.quit()

# From an EHR: staff open an app with a secret, for a patient and a visit.
window = browser()
try:
    staff = {"Authorization": "Bearer " + token("--user", "ole@clinic.example")}
    wish = {"client": "chart", "patient": "Patient/ben", "encounter": "Encounter/visit"}
    answer = requests.post(SITE + "/auth/launch", json=wish, headers=staff)
    assert answer.status_code == 200, answer.text
    launch = answer.json()
    assert launch["iss"] == BASE
    smart = smart_app(app_id="chart", app_secret=secret, scope="openid fhirUser patient/*.rs",
                      launch_token=launch["launch"])
    window.get(smart.authorize_url)
    sign_in(window, "ole@clinic.example")
    smart.handle_callback(decide(window, "allow"))
    assert smart.patient_id == "ben", smart.launch_context
    assert smart.launch_context["encounter"] == "visit", smart.launch_context
    assert smart.human_name(smart.patient.name[0]) == "Ben Lind"
    found = Observation.where({}).perform_resources(smart.server)
    assert [one.id for one in found] == ["ben-weight"], found
    # A handle serves once.
    again = smart_app(app_id="chart", app_secret=secret, scope="openid patient/*.rs", launch_token=launch["launch"])
    window.get(again.authorize_url)
    WebDriverWait(window, 60).until(lambda w: w.current_url.startswith(redirect))
    answer = urllib.parse.parse_qs(urllib.parse.urlsplit(window.current_url).query)
    assert answer["error"] == ["invalid_request"], answer
finally:
    window.quit()
print("ok: standalone launch, refresh, refusal and EHR launch")
