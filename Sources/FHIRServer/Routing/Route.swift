package import FHIRDefinitions

/// What a path addresses (R4 http.html). Methods and queries come on top.
package enum Route: Hashable, Sendable {
    case live, ready, metrics
    /// `/hl7v2` and `/hl7v2/{source}`: HL7 v2 messages over HTTP.
    case messages(source: String?)
    /// Signing in and its discovery documents; see `PageReceiving`.
    case pages
    /// `[base]`: batch, transaction, search over all types.
    case system
    case capabilities
    case systemHistory
    case systemSearch
    case systemOperation(String)
    case type(TypeID)
    case typeHistory(TypeID)
    case typeSearch(TypeID)
    case typeOperation(TypeID, String)
    case instance(TypeID, id: String)
    case instanceHistory(TypeID, id: String)
    case version(TypeID, id: String, version: String)
    case instanceOperation(TypeID, id: String, String)
    case versionOperation(TypeID, id: String, version: String, String)
    /// `Patient/23/Observation` or `Patient/23/*` (R4 search.html#compartment).
    case compartment(TypeID, id: String, String)
    /// `Patient/23/Observation/_search`; `Patient/23/_search` stands for `*`.
    case compartmentSearch(TypeID, id: String, String)
    /// The first segment looks like a type but is none of R4.
    case unknownType(String)
    case unknownPath

    /// The route without what was asked for: what logs and metrics may show.
    package enum Kind: Int, CaseIterable, Sendable {
        case live, ready, metrics, messages, pages, system, capabilities, systemHistory, systemSearch, systemOperation,
            type
        case typeHistory, typeSearch, typeOperation, instance, instanceHistory, version, instanceOperation
        case versionOperation, compartment, compartmentSearch, unknownType, unknownPath

        package var template: String {
            switch self {
            case .live: "/health/live"
            case .ready: "/health/ready"
            case .metrics: "/metrics"
            case .messages: "/hl7v2"
            case .pages: "/auth"
            case .system: "/fhir"
            case .capabilities: "/fhir/metadata"
            case .systemHistory: "/fhir/_history"
            case .systemSearch: "/fhir/_search"
            case .systemOperation: "/fhir/$operation"
            case .type: "/fhir/{type}"
            case .typeHistory: "/fhir/{type}/_history"
            case .typeSearch: "/fhir/{type}/_search"
            case .typeOperation: "/fhir/{type}/$operation"
            case .instance: "/fhir/{type}/{id}"
            case .instanceHistory: "/fhir/{type}/{id}/_history"
            case .version: "/fhir/{type}/{id}/_history/{vid}"
            case .instanceOperation: "/fhir/{type}/{id}/$operation"
            case .versionOperation: "/fhir/{type}/{id}/_history/{vid}/$operation"
            case .compartment: "/fhir/{type}/{id}/{type}"
            case .compartmentSearch: "/fhir/{type}/{id}/{type}/_search"
            case .unknownType: "/fhir/{unknown}"
            case .unknownPath: "{unknown}"
            }
        }

        /// Methods that make sense here, for `Allow`.
        package var methods: [RequestMethod] {
            switch self {
            case .live, .ready, .metrics, .systemHistory, .typeHistory, .instanceHistory, .version, .compartment:
                [.get, .head]
            case .capabilities: [.get, .head, .options]
            case .system: [.get, .head, .post, .options]
            case .type: [.get, .head, .post, .put, .patch, .delete]
            case .messages, .systemSearch, .typeSearch, .compartmentSearch: [.post]
            case .systemOperation, .typeOperation, .instanceOperation, .versionOperation: [.get, .head, .post]
            case .instance: [.get, .head, .put, .patch, .delete]
            case .pages, .unknownType, .unknownPath: []
            }
        }

        /// Whether the route is of clinical content and so under access control.
        package var isFHIR: Bool {
            switch self {
            case .live, .ready, .metrics, .pages: false
            default: true
            }
        }
    }

    package var kind: Kind {
        switch self {
        case .live: .live
        case .ready: .ready
        case .metrics: .metrics
        case .messages: .messages
        case .pages: .pages
        case .system: .system
        case .capabilities: .capabilities
        case .systemHistory: .systemHistory
        case .systemSearch: .systemSearch
        case .systemOperation: .systemOperation
        case .type: .type
        case .typeHistory: .typeHistory
        case .typeSearch: .typeSearch
        case .typeOperation: .typeOperation
        case .instance: .instance
        case .instanceHistory: .instanceHistory
        case .version: .version
        case .instanceOperation: .instanceOperation
        case .versionOperation: .versionOperation
        case .compartment: .compartment
        case .compartmentSearch: .compartmentSearch
        case .unknownType: .unknownType
        case .unknownPath: .unknownPath
        }
    }

    /// The resource type addressed, if one is.
    package var type: TypeID? {
        switch self {
        case .type(let type), .typeHistory(let type), .typeSearch(let type), .typeOperation(let type, _),
            .instance(let type, _), .instanceHistory(let type, _), .version(let type, _, _),
            .instanceOperation(let type, _, _), .versionOperation(let type, _, _, _), .compartment(let type, _, _),
            .compartmentSearch(let type, _, _):
            type
        default: nil
        }
    }
}
