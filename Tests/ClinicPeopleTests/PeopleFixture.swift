import ClinicTesting
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// Short forms for the tests of people.
enum People {
    /// A patient's JSON; extra members begin with a comma.
    static func patient(
        _ family: String, _ given: String, born: String? = "1980-02-29", gender: String? = "female", extra: String = ""
    ) -> String {
        let birth = born.map { #","birthDate":"\#($0)""# } ?? ""
        let sex = gender.map { #","gender":"\#($0)""# } ?? ""
        return """
            {"resourceType":"Patient","name":[{"family":"\(family)","given":["\(given)"]}]\(birth)\(sex)\(extra)}
            """
    }

    static func parameter(_ name: String, resource: String) -> String {
        #"{"name":"\#(name)","resource":\#(resource)}"#
    }
    static func parameter(_ name: String, code: String) -> String { #"{"name":"\#(name)","valueCode":"\#(code)"}"# }
    static func parameter(_ name: String, string: String) -> String {
        #"{"name":"\#(name)","valueString":"\#(string)"}"#
    }
    static func parameter(_ name: String, reference: String) -> String {
        #"{"name":"\#(name)","valueReference":{"reference":"\#(reference)"}}"#
    }
}

extension TestClient {
    /// Registers a patient and answers the whole response.
    func register(_ patient: String, _ more: [String] = [], key: String? = nil) async throws -> TestResponse {
        try await call("Patient/$register", [People.parameter("patient", resource: patient)] + more, key: key)
    }

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
