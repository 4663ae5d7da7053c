import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// A clinic over HTTP in which everybody acts under their own name, as `X-Martlet-Actor` says it.
struct JourneyPeople: Sendable {
    let server: TestServer

    /// Those who act.
    enum Person: String, CaseIterable {
        case desk, doctor, specialist, nurse, cashier, supervisor

        var header: (String, String) { ("X-Martlet-Actor", "Practitioner/\(rawValue)") }
    }

    static func with(_ body: @Sendable (JourneyPeople) async throws -> Void) async throws {
        try await ClinicServer.with { server in
            let people = JourneyPeople(server: server)
            for person in Person.allCases {
                try await people.put(#"{"resourceType":"Practitioner","id":"\#(person.rawValue)","active":true}"#)
            }
            try await body(people)
        }
    }

    /// An operation that has to succeed.
    @discardableResult
    func call(
        _ person: Person, _ path: String, _ parameters: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JSONNode {
        let answer = try await server.client.call(path, parameters, headers: [person.header])
        try #require(answer.status == 200, "\(path): \(answer.status) \(answer.text)", sourceLocation: sourceLocation)
        return try answer.json
    }

    /// Status and code of a refusal: `403 second-person-required`.
    func refusal(_ person: Person, _ path: String, _ parameters: [String] = []) async throws -> String {
        let answer = try await server.client.call(path, parameters, headers: [person.header])
        return "\(answer.status) \(answer.issueCodes.first ?? "-")"
    }

    @discardableResult
    func put(_ json: String) async throws -> JSONNode {
        let node = JSONNode(try Document.parse(json))
        let address = "\(node["resourceType"]?.string ?? "")/\(node["id"]?.string ?? "")"
        let answer = try await server.client.put(address, json)
        try #require(answer.status < 300, "\(address): \(answer.text)")
        return try answer.json
    }

    func read(_ address: String) async throws -> JSONNode { try await server.client.get(address).json }

    func status(_ address: String) async throws -> String { try await read(address)["status"]?.string ?? "" }

    func search(_ query: String) async throws -> [JSONNode] {
        (try await server.client.get(query).json["entry"]?.items ?? []).compactMap { $0["resource"] }
    }

    /// `Type/id` of a resource, or of the one in a parameter of an answer.
    static func address(_ answer: JSONNode, _ name: String? = nil) throws -> String {
        var node: JSONNode? = answer
        if let name {
            node = (answer["parameter"]?.items ?? []).first { $0["name"]?.string == name }?["resource"]
        }
        let type = try #require(node?["resourceType"]?.string)
        return "\(type)/\(try #require(node?["id"]?.string))"
    }

    /// A patient with an account, whose visit the doctor has begun.
    func visit() async throws -> (patient: String, encounter: String) {
        let patient = #"{"resourceType":"Patient","name":[{"family":"Doe","given":["Jane"]}],"birthDate":"1980-05-05"}"#
        let registered = try await call(
            .desk, "Patient/$register", [#"{"name":"patient","resource":\#(patient)}"#])
        let address = try Self.address(registered, "patient")
        try await put(
            #"{"resourceType":"Account","id":"account","status":"active","subject":[{"reference":"\#(address)"}]}"#)
        let encounter = try await call(
            .doctor, "Encounter/$start",
            [Self.reference("patient", address), Self.reference("practitioner", "Practitioner/doctor")])
        return (address, try Self.address(encounter))
    }

    // MARK: - Parameters

    static func reference(_ name: String, _ value: String) -> String {
        #"{"name":"\#(name)","valueReference":{"reference":"\#(value)"}}"#
    }
    static func money(_ name: String, _ value: String) -> String {
        #"{"name":"\#(name)","valueMoney":{"value":\#(value),"currency":"EUR"}}"#
    }
    static func code(_ name: String, _ value: String) -> String { #"{"name":"\#(name)","valueCode":"\#(value)"}"# }
    static func text(_ name: String, _ value: String) -> String { #"{"name":"\#(name)","valueString":"\#(value)"}"# }
}
