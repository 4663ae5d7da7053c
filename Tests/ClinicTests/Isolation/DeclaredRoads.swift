import Clinic
import ClinicWorkflows
import FHIRDefinitions
import FHIRServer
import FHIRServerTesting
import JSONTape

/// A request that is made of what the server says of itself. `zq?-` in it stands for the beginning of ids.
struct Road: Sendable {
    var method = "GET"
    var path: String
    var body: String?
    var headers: [(String, String)] = []

    /// Whether it names ids, so that it can be asked for ids that never were too.
    var namesIDs: Bool { path.contains("zq?-") || body?.contains("zq?-") == true }

    /// The request with ids that begin so.
    func with(_ prefix: String) -> Road {
        Road(
            method: method, path: path.replacing("zq?-", with: prefix),
            body: body?.replacing("zq?-", with: prefix), headers: headers)
    }

    func send(_ client: TestClient) async throws -> TestResponse {
        guard let body else { return try await client.send(method, path, headers: headers) }
        return try await client.send(method, path, json: Array(body.utf8), headers: headers)
    }

    /// The same number for the same road on all machines: chooses samples.
    var number: Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in (method + path).utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return Int(hash >> 33)
    }
}

/// All roads that a CapabilityStatement declares of some types, and the operations.
struct DeclaredRoads {
    private let rest: JSONNode
    private let types: Set<String>

    init(_ statement: JSONNode, types: [String]) {
        rest = statement["rest"]?.items.first ?? statement
        self.types = Set(types)
    }

    var all: [Road] {
        var roads = system
        for resource in rest["resource"]?.items ?? [] {
            guard let type = resource["type"]?.string, types.contains(type) else { continue }
            roads += interactions(type, resource) + searches(type, resource) + includes(type, resource)
        }
        return roads + operations
    }

    private func id(_ type: String) -> String { "zq?-\(type.lowercased())" }

    // MARK: - Interactions

    private var system: [Road] {
        let list = types.sorted().joined(separator: ",")
        let reads = types.sorted().map { #"{"request":{"method":"GET","url":"\#($0)/\#(id($0))"}}"# }
        return [
            Road(path: "?_type=\(list)&_count=200"), Road(path: "_history?_count=500"), Road(path: "$meta"),
            Road(
                method: "POST", path: "",
                body: #"{"resourceType":"Bundle","type":"batch","entry":[\#(reads.joined(separator: ","))]}"#),
        ]
    }

    private func interactions(_ type: String, _ resource: JSONNode) -> [Road] {
        let path = "\(type)/\(id(type))"
        let body = MarkedClinic.json(type, version: 1).replacing(MarkedClinic.mark, with: "x")
            .replacing(MarkedClinic.prefix, with: "zq?-")
        let patch = (
            #"[{"op":"add","path":"/language","value":"en"}]"#, [("Content-Type", "application/json-patch+json")]
        )
        let codes = Set((resource["interaction"]?.items ?? []).compactMap { $0["code"]?.string })
        let ways: [(String, [Road])] = [
            ("read", [Road(path: path), Road(path: path + "-gone"), Road(method: "HEAD", path: path)]),
            ("vread", [Road(path: path + "/_history/1"), Road(path: path + "/_history/2")]),
            ("history-instance", [Road(path: path + "/_history"), Road(path: path + "-gone/_history")]),
            ("history-type", [Road(path: "\(type)/_history?_count=500")]),
            ("search-type", [Road(path: "\(type)?_count=100"), Road(path: "\(type)?_summary=count")]),
            (
                "update",
                [
                    Road(method: "PUT", path: path, body: body),
                    Road(method: "PUT", path: path, body: body, headers: [("If-Match", #"W/"2""#)]),
                    Road(method: "PUT", path: "\(type)?_id=\(id(type))", body: body),
                ]
            ),
            (
                "patch",
                [
                    Road(method: "PATCH", path: path, body: patch.0, headers: patch.1),
                    Road(method: "PATCH", path: "\(type)?_id=\(id(type))", body: patch.0, headers: patch.1),
                ]
            ),
            ("delete", [Road(method: "DELETE", path: path), Road(method: "DELETE", path: "\(type)?_id=\(id(type))")]),
        ]
        return ways.filter { codes.contains($0.0) }.flatMap(\.1)
    }

    // MARK: - Searches

    /// Every resource has a parameter or lacks it, so that the two together ask for all there is.
    private func searches(_ type: String, _ resource: JSONNode) -> [Road] {
        let parameters = (rest["searchParam"]?.items ?? []) + (resource["searchParam"]?.items ?? [])
        return parameters.flatMap { parameter -> [Road] in
            guard let name = parameter["name"]?.string else { return [] }
            let takesMissing = parameter["documentation"]?.string?.contains("missing") == true
            if !takesMissing { return [Road(path: "\(type)?\(name)=\(value(name))&_count=100")] }
            var roads = ["true", "false"].map { Road(path: "\(type)?\(name):missing=\($0)&_count=100") }
            if parameter["type"]?.string == "reference" {
                roads.append(Road(path: "\(type)?\(name)=\(id("Patient"))&_count=100"))
            }
            return roads
        }
    }

    private func value(_ name: String) -> String {
        switch name {
        case "_content", "_text": MarkedClinic.mark
        case "_filter": "_id%20sw%20zq"
        case "_lastUpdated": "gt2000"
        case "near": "1%7C2%7C3%7Ckm"
        default: "zq?-patient"
        }
    }

    private func includes(_ type: String, _ resource: JSONNode) -> [Road] {
        let own = (resource["searchInclude"]?.items ?? []).compactMap(\.string)
        let reverse = (resource["searchRevInclude"]?.items ?? []).compactMap(\.string).filter { value in
            value == "*" || types.contains(String(value.prefix { $0 != ":" }))
        }
        func chunks(_ name: String, _ values: [String]) -> [Road] {
            stride(from: 0, to: values.count, by: 12).map { start in
                let part = values[start..<min(start + 12, values.count)].map { "\(name)=\($0)" }
                return Road(path: "\(type)?\(part.joined(separator: "&"))&_count=50")
            }
        }
        let having = reverse.filter { $0.contains(":") }.map { value -> Road in
            let source = String(value.prefix { $0 != ":" })
            return Road(path: "\(type)?_has:\(value):_id=\(id(source))&_count=50")
        }
        return chunks("_include", own) + chunks("_revinclude", reverse) + having
    }

    // MARK: - Operations

    private var operations: [Road] {
        let all =
            StandardOperations.all.map(\.declaration)
            + ClinicWorkflows.operations.map { WorkflowOperation($0).declaration }
        return all.flatMap { declaration -> [Road] in
            // Those take their time, and are for administrators of the house.
            if ["load-package", "reindex", "change-access-rights"].contains(declaration.name) { return [] }
            let named = declaration.types.isEmpty ? ["Patient", "Observation"] : declaration.types.sorted()
            var paths: [String] = declaration.levels.contains(.system) ? ["$\(declaration.name)"] : []
            for type in named where types.contains(type) {
                if declaration.levels.contains(.type) { paths.append("\(type)/$\(declaration.name)") }
                if declaration.levels.contains(.instance) { paths.append("\(type)/\(id(type))/$\(declaration.name)") }
            }
            let inputs = declaration.parameters.filter { $0.use == .input }
            let required = inputs.filter { $0.min > 0 || $0.type == "Reference" }.compactMap(parameter)
            let body = #"{"resourceType":"Parameters","parameter":[\#(required.joined(separator: ","))]}"#
            return paths.flatMap { path in
                declaration.methods.contains(.get)
                    ? [Road(path: path), Road(method: "POST", path: path, body: body)]
                    : [Road(method: "POST", path: path, body: body)]
            }
        }
    }

    /// A parameter of a call, which names what is tenant `a`'s wherever it can.
    private func parameter(_ parameter: OperationParameterDeclaration) -> String? {
        guard let type = parameter.type else { return nil }
        let value: String
        switch type {
        case "Reference":
            let name = parameter.name.prefix(1).uppercased() + parameter.name.dropFirst()
            let target = types.contains(name) ? name : "Patient"
            value = #"{"reference":"\#(target)/\#(id(target))"}"#
        case "date": value = #""2030-01-07""#
        case "dateTime", "instant": value = #""2030-01-07T09:00:00Z""#
        case "integer", "positiveInt", "unsignedInt", "decimal": value = "1"
        case "boolean": value = "true"
        case "string", "code", "id", "uri", "canonical", "url", "markdown": value = #""x""#
        case "Period": value = #"{"start":"2030-01-07T09:00:00Z","end":"2030-01-07T10:00:00Z"}"#
        case "CodeableConcept": value = #"{"text":"x"}"#
        case "Coding": value = #"{"system":"urn:x","code":"x"}"#
        case "Quantity", "Money": value = #"{"value":1}"#
        default: return nil
        }
        let member = "value" + type.prefix(1).uppercased() + type.dropFirst()
        return #"{"name":"\#(parameter.name)","\#(member)":\#(value)}"#
    }
}
