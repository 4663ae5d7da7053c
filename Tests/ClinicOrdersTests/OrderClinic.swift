import ClinicTesting
import FHIRServer
import FHIRServerTesting
import FHIRStoreTesting
import HL7Ingest
import JSONTape
import PostgreSQL
import Testing

/// A clinic with a doctor, a nurse and two people of the laboratory, two patients and a visit.
struct OrderClinic: Sendable {
    let server: TestServer
    let doctor: TestClient
    let nurse: TestClient
    let technician: TestClient
    let pathologist: TestClient

    @discardableResult
    static func with<Result: Sendable>(_ body: (OrderClinic) async throws -> Result) async throws -> Result {
        try await ClinicServer.with({
            $0.needsToken = true
            $0.types = (ClinicServer.types + ["CodeSystem", "ValueSet"]).sorted()
            $0.migrations += MessageMigrations.all + OutboundMigrations.all
        }) { server in
            let tokens = AccessTokens(database: server.test.database)
            func client(_ name: String) async throws -> TestClient {
                var client = server.client
                client.headers = [
                    ("Authorization", "Bearer \(try await tokens.issue(name: name, lifetimeSeconds: nil))")
                ]
                return client
            }
            let clinic = OrderClinic(
                server: server, doctor: try await client("dr-a"), nurse: try await client("nurse-a"),
                technician: try await client("lab-a"), pathologist: try await client("lab-b"))
            try await clinic.furnish()
            return try await body(clinic)
        }
    }

    private func furnish() async throws {
        for text in [
            #"{"resourceType":"Patient","id":"p","gender":"female","birthDate":"1980-05-05","#
                + #""identifier":[{"system":"urn:martlet:mrn","value":"M1"}],"#
                + #""name":[{"family":"Doe","given":["Jane"]}]}"#,
            #"{"resourceType":"Patient","id":"q","gender":"male","birthDate":"1975-01-31"}"#,
            #"{"resourceType":"Practitioner","id":"dr","name":[{"family":"Miller"}]}"#,
            #"{"resourceType":"Practitioner","id":"other"}"#,
            #"{"resourceType":"PractitionerRole","id":"dr-role","practitioner":{"reference":"Practitioner/dr"}}"#,
            #"{"resourceType":"Encounter","id":"e","status":"in-progress","class":{"code":"AMB"},"#
                + #""subject":{"reference":"Patient/p"},"#
                + #""participant":[{"individual":{"reference":"Practitioner/dr"}}]}"#,
            Self.potassium,
        ] { try await put(text) }
    }

    /// 2823-3: reference 3.5 to 5.1, critical outside 2.5 to 6.5.
    static let potassium = """
        {"resourceType":"ObservationDefinition","id":"potassium",
         "code":{"coding":[{"system":"http://loinc.org","code":"2823-3"}]},"permittedDataType":["Quantity"],
         "quantitativeDetails":{"unit":{"coding":[{"system":"http://unitsofmeasure.org","code":"mmol/L"}]}},
         "qualifiedInterval":[
          {"category":"reference","range":{"low":{"value":3.5,"unit":"mmol/L"},"high":{"value":5.1,"unit":"mmol/L"}}},
          {"category":"critical","range":{"low":{"value":2.5,"unit":"mmol/L"},"high":{"value":6.5,"unit":"mmol/L"}}}]}
        """

    // MARK: - Calls

    func put(_ text: String) async throws {
        let node = JSONNode(try Document.parse(Array(text.utf8)))
        let address = "\(node["resourceType"]?.string ?? "")/\(node["id"]?.string ?? "")"
        let answer = try await doctor.put(address, text)
        try #require([200, 201].contains(answer.status), "\(answer.text)")
    }

    /// An operation that has to succeed.
    @discardableResult
    func ok(
        _ client: TestClient, _ path: String, _ parameters: [String] = [], key: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JSONNode {
        let answer = try await client.call(path, parameters, key: key)
        try #require(answer.status == 200, "\(path): \(answer.text)", sourceLocation: sourceLocation)
        return try answer.json
    }

    /// `422 aoe-missing`, or `200`.
    func outcome(_ client: TestClient, _ path: String, _ parameters: [String] = []) async throws -> String {
        let answer = try await client.call(path, parameters)
        return ([String(answer.status)] + answer.issueCodes.prefix(1)).joined(separator: " ")
    }

    func read(_ address: String) async throws -> JSONNode { try await doctor.get(address).json }

    func status(_ address: String) async throws -> String { try await read(address)["status"]?.string ?? "" }

    /// The resources that a search finds.
    func search(_ query: String) async throws -> [JSONNode] {
        let answer = try await doctor.get(query)
        try #require(answer.status == 200, "\(query): \(answer.text)")
        return (try answer.json["entry"]?.items ?? []).compactMap { $0["resource"] }
    }

    /// The task of whoever is to do an order.
    func task(of order: String) async throws -> JSONNode {
        try #require(try await search("Task?focus=\(order)&code=fulfill").first)
    }

    func count(_ sql: String) async throws -> Int {
        Int(try await server.test.database.read(SQLStatement(sql), SQLParameters()).int64(0, 0) ?? 0)
    }

    func events(_ focus: String) async throws -> [String] {
        var parameters = SQLParameters()
        parameters.append(text: focus)
        let rows = try await server.test.database.read(
            SQLStatement("SELECT name FROM clinic_event WHERE focus = $1::text ORDER BY id"), parameters)
        return (0..<rows.rowCount).map { rows.string($0, 0) ?? "" }
    }

    // MARK: - Steps

    /// Places one order; gives its address.
    func order(
        _ code: String = "2823-3", patient: String = "p", _ parts: [String] = [], _ more: [String] = []
    ) async throws -> String {
        let bundle = try await ok(
            doctor, "ServiceRequest/$submit-order", Self.submit(patient: patient, [Self.item(code, parts)], more))
        let orders = (bundle["entry"]?.items ?? []).compactMap { $0["resource"] }
            .filter { $0["resourceType"]?.string == "ServiceRequest" }
        try #require(orders.count == 1)
        return "ServiceRequest/\(orders[0]["id"]?.string ?? "")"
    }

    func collect(_ order: String, label: String) async throws -> String {
        let specimen = try await ok(nurse, "Specimen/$collect", Self.collect(order, label))
        return "Specimen/\(specimen["id"]?.string ?? "")"
    }

    /// Enters one result by the technician; gives the report's address.
    func enter(_ order: String, _ code: String = "2823-3", _ value: String = Self.mmol("4.20")) async throws -> String {
        let report = try await ok(
            technician, "DiagnosticReport/$enter-results", [Self.request(order), Self.result(code, value)])
        return "DiagnosticReport/\(report["id"]?.string ?? "")"
    }

    /// The first observation of a report.
    func observation(of report: String) async throws -> JSONNode {
        let address = try #require(try await read(report)["result"]?.items.first?["reference"]?.string)
        return try await read(address)
    }

    /// Code of the first observation's interpretation; `-` if there is none.
    func flag(of report: String) async throws -> String {
        try await observation(of: report)["interpretation"]?.items.first?["coding"]?.items.first?["code"]?.string ?? "-"
    }

    // MARK: - Parameters

    static func submit(patient: String, _ items: [String], _ more: [String] = []) -> [String] {
        let visit = patient == "p" ? [reference("encounter", "Encounter/e")] : []
        return [reference("patient", "Patient/\(patient)")] + visit + items + more
    }

    static func item(_ code: String, _ parts: [String] = []) -> String {
        let own = #"{"name":"code","valueCodeableConcept":\#(concept(code))}"#
        return #"{"name":"items","part":[\#(([own] + parts).joined(separator: ","))]}"#
    }

    static func concept(_ code: String) -> String {
        #"{"coding":[{"system":"http://loinc.org","code":"\#(code)"}]}"#
    }

    static func reference(_ name: String, _ address: String) -> String {
        #"{"name":"\#(name)","valueReference":{"reference":"\#(address)"}}"#
    }

    static func text(_ name: String, _ value: String) -> String { #"{"name":"\#(name)","valueString":"\#(value)"}"# }
    static func code(_ name: String, _ value: String) -> String { #"{"name":"\#(name)","valueCode":"\#(value)"}"# }
    static func request(_ order: String) -> String { reference("request", order) }

    static func collect(_ order: String, _ label: String) -> [String] { [request(order), text("label", label)] }

    /// - Parameter value: `"valueQuantity":{…}`.
    static func result(_ code: String, _ value: String, _ parts: [String] = []) -> String {
        let all = [
            #"{"name":"code","valueCodeableConcept":\#(concept(code))}"#, #"{"name":"value",\#(value)}"#,
        ]
        return #"{"name":"observations","part":[\#((all + parts).joined(separator: ","))]}"#
    }

    static func mmol(_ value: String) -> String {
        #""valueQuantity":{"value":\#(value),"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}"#
    }
}

/// Runs a body so many times at once; counts what came of it.
func parallel(
    _ count: Int, _ body: @escaping @Sendable (Int) async throws -> String
) async throws -> [String: Int] {
    try await withThrowingTaskGroup(of: String.self) { group in
        for number in 0..<count { group.addTask { try await body(number) } }
        return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
}
