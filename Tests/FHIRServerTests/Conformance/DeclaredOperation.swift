import FHIRServer
import FHIRServerTesting
import JSONTape
import Testing

/// One `operation` of the CapabilityStatement, and calls at all of its levels.
struct DeclaredOperation {
    let name: String
    let levels: [OperationDeclaration.Level]
    private let takesGET: Bool
    private let isStandard: Bool
    private let client: TestClient

    /// Reads the OperationDefinition of Martlet's own; those of HL7 say where they may be called, the registry where
    /// they are.
    init(_ node: JSONNode, _ client: TestClient) async throws {
        name = try #require(node["name"]?.string)
        self.client = client
        let url = try #require(node["definition"]?.string)
        if let standard = StandardOperations.all.first(where: { $0.declaration.definition == url })?.declaration {
            isStandard = true
            takesGET = standard.methods.contains(.get)
            levels = Array(standard.levels)
            return
        }
        isStandard = false
        try #require(url.hasPrefix(client.base + "/"), "\(url)")
        let definition = try await client.get(String(url.dropFirst(client.base.count + 1))).json
        #expect(definition["url"]?.string == url && definition["code"]?.string == name)
        takesGET = definition["affectsState"]?.bool == false
        let known: [(String, OperationDeclaration.Level)] = [
            ("system", .system), ("type", .type), ("instance", .instance),
        ]
        levels = known.filter { definition[named: $0.0]?.bool == true }.map(\.1)
    }

    /// What makes a call a good one: the query for a GET, and Parameters for a POST.
    private func arguments(
        _ level: OperationDeclaration.Level, _ type: String
    ) -> (query: String, parameters: String) {
        switch name {
        case "lookup", "subsumes", "validate-code", "expand", "translate":
            DeclaredTerminology.arguments(name, type, isInstance: level == .instance)
        case "meta-add", "meta-delete": ("", #"{"name":"meta","valueMeta":{"tag":[{"code":"t"}]}}"#)
        case "lastn":
            (
                "?subject=Patient/a&code=http://a%7Cb",
                #"{"name":"subject","valueString":"Patient/a"},{"name":"code","valueString":"http://a|b"}"#
            )
        case "stats":
            (
                "?subject=Patient/a&code=b&system=http://a&statistic=count&duration=1",
                #"{"name":"subject","valueUri":"Patient/a"},{"name":"coding","valueCoding":{"system":"http://a","#
                    + #""code":"b"}},{"name":"statistic","valueCode":"count"},{"name":"duration","valueDecimal":1}"#
            )
        case "closure": ("", #"{"name":"name","valueString":"t"}"#)
        case "convert": ("", #"{"name":"input","resource":{"resourceType":"Basic","code":{"text":"t"}}}"#)
        case "document" where level == .type: ("?id=o", #"{"name":"id","valueUri":"Composition/o"}"#)
        case "graphql":
            level == .system
                ? ("?query=%7BPatientList%7Bid%7D%7D", #"{"name":"query","valueString":"{PatientList{id}}"}"#)
                : ("?query=%7Bid%7D", #"{"name":"query","valueString":"{id}"}"#)
        case "snapshot" where level == .type:
            (
                "?url=http://hl7.org/fhir/StructureDefinition/bmi",
                #"{"name":"url","valueUri":"http://hl7.org/fhir/StructureDefinition/bmi"}"#
            )
        case "validate" where level == .type: ("", #"{"name":"resource","resource":{"resourceType":"\#(type)"}}"#)
        default: ("", "")
        }
    }

    /// A resource fits into no address; on an instance the stored one serves.
    private func needsBody(_ level: OperationDeclaration.Level) -> Bool { name == "validate" && level == .type }

    private func path(_ level: OperationDeclaration.Level, _ type: String) -> String {
        switch level {
        case .system: "$\(name)"
        case .type: "\(type)/$\(name)"
        case .instance: "\(type)/o/$\(name)"
        case .version: "\(type)/o/_history/1/$\(name)"
        }
    }

    /// Calls it; `Type/o` is there. What workflows answer to calls of nothing is their own affair.
    func call(_ level: OperationDeclaration.Level, of type: String = "") async throws {
        let path = path(level, type)
        let (query, parameters) = arguments(level, type)
        let list = parameters.isEmpty ? "" : #","parameter":[\#(parameters)]"#
        let posted = try await client.post(path, #"{"resourceType":"Parameters"\#(list)}"#)
        let got = try await client.get(path + query)
        if isStandard {
            #expect(posted.status == 200, "POST \(path): \(posted.status) \(posted.text.prefix(300))")
        } else {
            #expect(posted.status < 500 && posted.status != 405, "POST \(path): \(posted.status)")
            #expect(posted.status != 404 || !posted.issueCodes.contains("unknown-operation"), "POST \(path)")
            #expect(posted.status < 400 || posted.isOutcome, "POST \(path)")
        }
        // R4 operations.html#executing: GET is for those that change nothing and take no resource.
        #expect(takesGET == (got.status != 405), "GET \(path): \(got.status)")
        if isStandard, takesGET, !needsBody(level) {
            #expect(got.status == 200, "GET \(path): \(got.status) \(got.text.prefix(300))")
        }
        #expect(try await client.delete(path).status == 405, "DELETE \(path)")
    }

    /// The operation is not where it is not declared.
    func expectNone(_ level: OperationDeclaration.Level, of type: String) async throws {
        let answer = try await client.post(path(level, type), #"{"resourceType":"Parameters"}"#)
        #expect(answer.status == 404 && answer.issueCodes == ["unknown-operation"], "\(path(level, type))")
    }
}
