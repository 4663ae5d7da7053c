"""The commands of a running server's administrator, for the checks of clients beside this file."""
import json
import pathlib
import subprocess
import sys

SITE, PROGRAM, FOLDER = sys.argv[1:4]
BASE = SITE + "/fhir"
PASSWORD = "Blauer Himmel 77"


def martlet(*arguments):
    """The lines that a command prints."""
    command = [PROGRAM, *arguments, "--data-dir", FOLDER + "/data"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, f"{arguments}: {done.stderr}"
    return done.stdout.splitlines()


def add_user(email, name, *options):
    """An account with PASSWORD; the ids of its resources."""
    path = pathlib.Path(FOLDER) / "password"
    path.write_text(PASSWORD)
    lines = martlet("user", "add", "--email", email, "--name", name, "--password-file", str(path), *options)
    return json.loads(lines[-1])


def add_client(*options):
    return json.loads(martlet("client", "add", *options)[-1])


def token(*options):
    return martlet("token", "issue", *options)[-1]
