#!/usr/bin/env python3
"""Writes what a FHIR server says of itself as OpenAPI, for tools that try HTTP APIs.

Usage: capability_openapi.py CAPABILITIES.json [TYPE…] > openapi.json
"""
import json
import sys

FHIR = "application/fhir+json"
ANSWERS = {"default": {"description": "a resource, a Bundle or an OperationOutcome"}}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[A-Za-z0-9.-]{1,64}$"}}
VERSION = {"name": "vid", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9]{1,9}$"}}
# What values look like, so that not all of them end at the first check.
SHAPES = {
    "number": {"type": "string", "pattern": "^(eq|ne|gt|lt|ge|le|sa|eb|ap)?-?[0-9]{1,6}(\\.[0-9]{1,6})?$"},
    "date": {"type": "string", "pattern": "^(eq|ne|gt|lt|ge|le|sa|eb|ap)?[0-9]{4}(-[01][0-9](-[0-3][0-9])?)?$"},
    "quantity": {"type": "string", "pattern": "^(gt|lt)?[0-9]{1,6}(\\.[0-9]{1,3})?(\\|[^|]{0,20}\\|[a-z]{1,4})?$"},
}


def operation(parameters=(), body=None, media=FHIR):
    entry = {"parameters": list(parameters), "responses": ANSWERS}
    if body is not None:
        entry["requestBody"] = {"required": True, "content": {media: {"schema": body}}}
    return entry


def query(parameter):
    shape = SHAPES.get(parameter["type"], {"type": "string"})
    return {"name": parameter["name"], "in": "query", "schema": shape}


def resource(name):
    return {"type": "object", "required": ["resourceType"],
            "properties": {"resourceType": {"const": name}, "id": ID["schema"], "status": {"type": "string"},
                           "meta": {"type": "object"}, "text": {"type": "object"}}}


def paths(statement, wanted):
    rest = statement["rest"][0]
    common = [query(one) for one in rest.get("searchParam", [])]
    found = {"/metadata": {"get": operation()}, "/": {"post": operation(body=resource("Bundle"))},
             "/_history": {"get": operation()}}
    for entry in rest["resource"]:
        name = entry["type"]
        if wanted and name not in wanted:
            continue
        search = common + [query(one) for one in entry.get("searchParam", [])]
        names = {one["name"] for one in search}
        search = [one for index, one in enumerate(search) if one["name"] in names and not names.discard(one["name"])]
        form = {"type": "object", "properties": {one["name"]: one["schema"] for one in search}}
        patch = {"type": "array", "items": {"type": "object"}}
        found[f"/{name}"] = {"get": operation(search), "post": operation(body=resource(name))}
        found[f"/{name}/_search"] = {"post": operation(body=form, media="application/x-www-form-urlencoded")}
        found[f"/{name}/_history"] = {"get": operation()}
        found[f"/{name}/{{id}}"] = {
            "get": operation([ID]), "put": operation([ID], resource(name)), "delete": operation([ID]),
            "patch": operation([ID], patch, "application/json-patch+json"),
        }
        found[f"/{name}/{{id}}/_history"] = {"get": operation([ID])}
        found[f"/{name}/{{id}}/_history/{{vid}}"] = {"get": operation([ID, VERSION])}
        for call in entry.get("operation", []):
            found[f"/{name}/${call['name']}"] = {"post": operation(body=resource("Parameters"))}
            found[f"/{name}/{{id}}/${call['name']}"] = {"post": operation([ID], resource("Parameters"))}
    return found


statement = json.load(open(sys.argv[1], encoding="utf-8"))
document = {
    "openapi": "3.1.0",
    "info": {"title": "FHIR", "version": statement["fhirVersion"]},
    "paths": paths(statement, set(sys.argv[2:])),
    "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
    "security": [{"bearer": []}],
}
# The capabilities are open to everybody.
document["paths"]["/metadata"]["get"]["security"] = []
json.dump(document, sys.stdout)
