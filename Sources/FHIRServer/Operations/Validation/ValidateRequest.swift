import FHIRDefinitions
import JSONTape

/// What a call of `$validate` asks for, however it was sent: Parameters, a bare resource with the rest in the address,
/// or the address alone.
struct ValidateRequest {
    /// R4 valueset-resource-validation-mode.html.
    enum Mode: String {
        case create, update, delete, profile
    }

    var resource: JSONNode?
    var mode: Mode?
    /// One at most, and perhaps the one in the address besides.
    var profiles: [String] = []

    /// What is said where nothing is wrong.
    var allWell: String {
        switch mode {
        case .create: "the resource is valid and could be created"
        case .update: "the resource is valid and could be stored"
        case .delete: "the resource could be deleted"
        case .profile, nil: "the resource is valid"
        }
    }

    init(_ call: OperationCall) throws {
        for item in call.query.items where !item.value.isEmpty {
            try read(item.name, item.value, at: "http.\(item.name)")
        }
        // Of a query alone the server makes Parameters, which holds nothing more.
        if Self.isEnvelope(call.parameters, call) {
            try readParameters(call.parameters)
        } else {
            resource = call.parameters
        }
        if mode == .update || mode == .delete, case .type = call.target {
            throw OperationInputError(
                .invalidParameter, "the modes update and delete are for instances: [base]/Type/id/$validate")
        }
    }

    /// Whether the body holds parameters, and is not itself to be validated: of Parameters sent to their own type only
    /// those that have a parameter of this operation.
    private static func isEnvelope(_ body: JSONNode, _ call: OperationCall) -> Bool {
        guard body["resourceType"]?.string == "Parameters" else { return false }
        guard case .type(let type) = call.target, call.definitions.name(of: type) == "Parameters" else { return true }
        let names = Set((body["parameter"]?.items ?? []).compactMap { $0["name"]?.string })
        return !names.isEmpty && names.isSubset(of: ["resource", "mode", "profile"])
    }

    private mutating func readParameters(_ parameters: JSONNode) throws {
        for (position, parameter) in (parameters["parameter"]?.items ?? []).enumerated() {
            let place = "Parameters.parameter[\(position)]"
            guard let name = parameter["name"]?.string else {
                throw OperationInputError(.invalidParameter, "a parameter has no name", expression: place + ".name")
            }
            if name == "resource" {
                guard resource == nil, let node = parameter["resource"], node.isObject else {
                    throw OperationInputError(
                        .invalidParameter, "the parameter resource is one resource", expression: place)
                }
                resource = node
                continue
            }
            let values = parameter.members.filter { $0.key.hasPrefix("value") }
            guard values.count == 1, let text = values[0].value.string else {
                throw OperationInputError(
                    .invalidParameter, "the parameter \(name) is a text", expression: place + ".value")
            }
            try read(name, text, at: place + ".value")
        }
    }

    private mutating func read(_ name: String, _ value: String, at place: String) throws {
        switch name {
        case "mode":
            guard let mode = Mode(rawValue: value) else {
                throw OperationInputError(
                    .invalidParameter, "the parameter mode is create, update, delete or profile", expression: place)
            }
            guard self.mode == nil || self.mode == mode else {
                throw OperationInputError(.invalidParameter, "the parameter mode is given twice", expression: place)
            }
            self.mode = mode
        case "profile": if !profiles.contains(value) { profiles.append(value) }
        default:
            throw OperationInputError(
                .unknownParameter, "the operation $validate takes no parameter of this name", expression: place)
        }
    }
}
