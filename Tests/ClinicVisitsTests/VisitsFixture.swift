import ClinicTesting
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// Short forms for the tests of visits.
enum Visits {
    static func patient(_ id: String) -> String {
        #"{"resourceType":"Patient","id":"\#(id)","name":[{"family":"Doe","given":["\#(id)"]}]}"#
    }

    /// A patient who waits at a place; extra members begin with a comma.
    static func waiting(
        _ id: String, patient: String, arrived: String, place: String = "hall", extra: String = ""
    ) -> String {
        """
        {"resourceType":"Encounter","id":"\(id)","status":"arrived",
         "class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},
         "subject":{"reference":"Patient/\(patient)"},"period":{"start":"\(arrived)"},
         "location":[{"location":{"reference":"Location/\(place)"}}]\(extra)}
        """
    }

    /// A note with one section.
    static func note(_ id: String, _ status: String, encounter: String? = nil, text: String = "well") -> String {
        let visit = encounter.map { #","encounter":{"reference":"Encounter/\#($0)"}"# } ?? ""
        return """
            {"resourceType":"Composition","id":"\(id)","status":"\(status)","type":{"text":"SOAP note"},
             "subject":{"reference":"Patient/p"},"date":"2026-01-01","author":[{"reference":"Practitioner/dr"}],
             "title":"Visit"\(visit),"section":[{"title":"Subjective","text":{"status":"generated",
             "div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">\(text)</div>"}}]}
            """
    }

    static func parameter(_ name: String, resource: String) -> String {
        #"{"name":"\#(name)","resource":\#(resource)}"#
    }
    static func parameter(_ name: String, code: String) -> String { #"{"name":"\#(name)","valueCode":"\#(code)"}"# }
    static func parameter(_ name: String, bool: Bool) -> String { #"{"name":"\#(name)","valueBoolean":\#(bool)}"# }
    static func parameter(_ name: String, string: String) -> String {
        #"{"name":"\#(name)","valueString":"\#(string)"}"#
    }
    static func parameter(_ name: String, reference: String) -> String {
        #"{"name":"\#(name)","valueReference":{"reference":"\#(reference)"}}"#
    }
}

extension TestClient {
    /// Stores a resource under its id.
    func store(_ json: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let node = JSONNode(try Document.parse(json))
        let address = "\(node["resourceType"]?.string ?? "")/\(node["id"]?.string ?? "")"
        let response = try await put(address, json)
        #expect([200, 201].contains(response.status), "\(address) \(response.text)", sourceLocation: sourceLocation)
    }
}

extension TestResponse {
    /// The body as JSON; nil if it is none.
    var content: JSONNode? { try? json }
    /// A parameter of the answer.
    func parameter(_ name: String) -> JSONNode? {
        (content?["parameter"]?.items ?? []).first { $0["name"]?.string == name }
    }

    /// Id of the resource in a parameter of the answer.
    func id(of name: String) -> String? { parameter(name)?["resource"]?["id"]?.string }

    /// Code of the first issue, as clients branch on it.
    var refusal: String {
        "\(status) " + (content?["issue"]?.items.first?["details"]?["coding"]?.items.first?["code"]?.string ?? "none")
    }
}

extension TestServer {
    /// The number that a query of ours gives.
    func count(_ sql: String) async throws -> Int {
        Int(try await test.database.read(SQLStatement(sql), SQLParameters()).int64(0, 0) ?? 0)
    }
}
