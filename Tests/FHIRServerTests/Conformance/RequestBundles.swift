import FHIRServerTesting
import JSONTape

/// Batches and transactions as texts.
enum RequestBundles {
    static func transaction(_ entries: String...) -> String { bundle("transaction", entries) }

    static func batch(_ entries: String...) -> String { bundle("batch", entries) }

    static func bundle(_ type: String, _ entries: [String]) -> String {
        "{\"resourceType\":\"Bundle\",\"type\":\"\(type)\",\"entry\":[\(entries.joined(separator: ","))]}"
    }

    /// - Parameter conditions: further members of the request: `["ifNoneExist": "identifier=x"]`.
    static func entry(
        _ method: String, _ url: String, _ resource: String? = nil, fullURL: String? = nil,
        conditions: [String: String] = [:]
    ) -> String {
        let resourceMember = resource.map { "\"resource\":\($0)," } ?? ""
        let fullMember = fullURL.map { "\"fullUrl\":\"\($0)\"," } ?? ""
        let rest = conditions.map { ",\"\($0.key)\":\(quoted($0.value))" }.joined()
        return "{\(fullMember)\(resourceMember)\"request\":{\"method\":\"\(method)\",\"url\":\"\(url)\"\(rest)}}"
    }

    private static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// A patient known by one identifier.
    static func patient(_ identifier: String, id: String? = nil, more: String = "") -> String {
        let idMember = id.map { "\"id\":\"\($0)\"," } ?? ""
        return """
            {"resourceType":"Patient",\(idMember)"identifier":[{"system":"urn:mrn","value":"\(identifier)"}]\(more)}
            """
    }

    static func observation(of reference: String, id: String? = nil) -> String {
        let idMember = id.map { "\"id\":\"\($0)\"," } ?? ""
        return """
            {"resourceType":"Observation",\(idMember)"status":"final","code":{"text":"x"},\
            "subject":{"reference":"\(reference)"}}
            """
    }

    static let urn = "urn:uuid:05efabf0-4be2-4561-91ce-51548425acb9"
    static let otherURN = "urn:uuid:9d2f3c55-6f0a-4c44-93aa-1f3b7cf5a0aa"
}

extension TestResponse {
    /// `Bundle.entry`.
    var entries: [JSONNode] {
        get throws { try json["entry"]?.items ?? [] }
    }

    /// The numbers of `Bundle.entry.response.status`.
    var entryStatuses: [String] {
        get throws { try entries.map { String(($0["response"]?["status"]?.string ?? "").prefix(3)) } }
    }

    /// `Type/id` of each `Bundle.entry.response.location`.
    var entryAddresses: [String?] {
        get throws {
            try entries.map { entry in
                entry["response"]?["location"]?.string.map {
                    $0.split(separator: "/").dropLast(2).suffix(2).joined(separator: "/")
                }
            }
        }
    }

    /// `issue.expression`, the first of each issue.
    var issueExpressions: [String] {
        get throws { (try json["issue"]?.items ?? []).compactMap { $0["expression"]?.items.first?.string } }
    }
}

extension TestClient {
    /// The number of resources of the type that meet the criteria.
    func total(_ type: String, _ criteria: String = "") async throws -> Int? {
        try await get("\(type)?_total=accurate&_count=1&\(criteria)").json["total"]?.integer
    }
}
