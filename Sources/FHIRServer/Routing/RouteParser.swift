package import FHIRDefinitions
import FHIRSearch

/// Reads paths by hand: the tree is shallow, and types are found in the definitions' own hash table.
package struct RouteParser: Sendable {
    private let definitions: FHIRDefinitions

    package init(definitions: FHIRDefinitions) {
        self.definitions = definitions
    }

    /// Where the FHIR API lives.
    package static let basePath = "/fhir"

    /// The route of a request's path, without its query.
    package func route(path: Substring) -> Route {
        let segments = Self.segments(path)
        guard let first = segments.first else { return .unknownPath }
        if first == "fhir" { return route(fhir: segments.dropFirst()) }
        switch (first, segments.count) {
        case ("metrics", 1): return .metrics
        case ("hl7v2", 1): return .messages(source: nil)
        case ("hl7v2", 2): return .messages(source: segments[1].percentDecoded)
        case ("webhooks", 3): return .webhook(kind: String(segments[1]), sender: segments[2].percentDecoded)
        case ("health", 2) where segments[1] == "live": return .live
        case ("health", 2) where segments[1] == "ready": return .ready
        default: return .unknownPath
        }
    }

    /// The route of an address relative to the base, as bundles hold them.
    package func route(relative path: Substring) -> Route {
        route(fhir: Self.segments(path)[...])
    }

    /// Split as bytes: looking for characters would cost more than the rest of the routing.
    private static func segments(_ path: Substring) -> [Substring] {
        path.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 8).map { Substring($0) }
    }

    private func route(fhir segments: ArraySlice<Substring>) -> Route {
        guard let first = segments.first else { return .system }
        let rest = segments.dropFirst()
        if let type = definitions.resourceType(named: String(first)) { return route(type, rest) }
        guard rest.isEmpty else { return first.isTypeName ? .unknownType(String(first)) : .unknownPath }
        switch first {
        case "metadata": return .capabilities
        case "_history": return .systemHistory
        case "_search": return .systemSearch
        default:
            if first.first == "$" { return .systemOperation(String(first.dropFirst())) }
            return first.isTypeName ? .unknownType(String(first)) : .unknownPath
        }
    }

    private func route(_ type: TypeID, _ segments: ArraySlice<Substring>) -> Route {
        guard let second = segments.first else { return .type(type) }
        let rest = segments.dropFirst()
        if rest.isEmpty {
            switch second {
            case "_history": return .typeHistory(type)
            case "_search": return .typeSearch(type)
            default:
                if second.first == "$" { return .typeOperation(type, String(second.dropFirst())) }
                return .instance(type, id: second.percentDecoded)
            }
        }
        let id = second.percentDecoded
        let third = rest.first ?? ""
        switch (third, rest.count) {
        case ("_history", 1): return .instanceHistory(type, id: id)
        case ("_history", 2): return .version(type, id: id, version: rest.last?.percentDecoded ?? "")
        case ("_history", 3):
            guard let last = rest.last, last.first == "$" else { return .unknownPath }
            let version = rest[rest.startIndex + 1].percentDecoded
            return .versionOperation(type, id: id, version: version, String(last.dropFirst()))
        case (_, 1):
            if third.first == "$" { return .instanceOperation(type, id: id, String(third.dropFirst())) }
            if third == "_search" { return .compartmentSearch(type, id: id, "*") }
            return isSearchable(third) ? .compartment(type, id: id, String(third)) : .unknownPath
        case (_, 2) where rest.last == "_search" && isSearchable(third):
            return .compartmentSearch(type, id: id, String(third))
        default: return .unknownPath
        }
    }

    /// Whether this can stand where a compartment's type is named.
    private func isSearchable(_ segment: Substring) -> Bool {
        segment == "*" || definitions.resourceType(named: String(segment)) != nil
    }
}

extension Substring {
    /// Whether this could be the name of a resource type.
    fileprivate var isTypeName: Bool {
        guard let first = utf8.first else { return false }
        return first &- UInt8(ascii: "A") < 26 && utf8.allSatisfy { ($0 | 0x20) &- UInt8(ascii: "a") < 26 }
    }
}
