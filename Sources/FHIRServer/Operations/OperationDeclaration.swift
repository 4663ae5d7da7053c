package import FHIRDefinitions

/// What an operation is and takes: routing, reading of parameters, CapabilityStatement and OperationDefinition are made
/// from it (R4 operationdefinition.html).
package struct OperationDeclaration: Sendable {
    /// Where it can be called.
    package enum Level: Sendable, Hashable {
        case system, type, instance
        /// On one version of a resource: `[base]/Type/id/_history/2/$name`.
        case version
    }

    package typealias Parameter = OperationParameterDeclaration

    /// Who reads the parameters of a call.
    package enum Reading: Sendable {
        /// The server, by the declaration: the operation finds them in `OperationCall.input`.
        case declared
        /// As `declared`; names that are not declared are parameters of a search, strings each.
        case declaredAndSearch
        /// The operation itself, from `OperationCall.parameters`.
        case own
    }

    /// Without the dollar sign: `book`.
    package var name: String
    package var levels: Set<Level>
    /// Resource types it belongs to; empty for all of them, or for system level.
    package var types: Set<String>
    /// Whether it changes something; if not, it may be called with GET (R4 operations.html#executing).
    package var affectsState: Bool
    /// Canonical URL of HL7's OperationDefinition; nil for an operation of Martlet's own, whose definition the server
    /// serves itself.
    package var definition: String?
    package var documentation: String
    package var parameters: [Parameter]
    package var reading: Reading
    /// Media types of bodies that are no FHIR and are handed to the operation as they are.
    package var rawTypes: Set<String>

    package init(
        _ name: String, levels: Set<Level>, types: Set<String>, affectsState: Bool, definition: String? = nil,
        documentation: String = "", parameters: [Parameter] = [], reading: Reading = .own,
        rawTypes: Set<String> = []
    ) {
        self.name = name
        self.levels = levels
        self.types = types
        self.affectsState = affectsState
        self.definition = definition
        self.documentation = documentation
        self.parameters = parameters
        self.reading = reading
        self.rawTypes = rawTypes
    }

    /// Logical id of the OperationDefinition: `Appointment-book`.
    package var id: String { (types.isEmpty ? "Resource" : types.sorted().joined(separator: "-")) + "-" + name }

    /// Canonical URL of the OperationDefinition.
    /// - Parameter base: absolute address of the FHIR API, without a slash at the end.
    package func canonical(base: String) -> String { definition ?? "\(base)/OperationDefinition/\(id)" }

    /// The parameter that goes in under this name.
    package func input(named name: String) -> Parameter? {
        parameters.first { $0.use == .input && $0.name == name }
    }

    /// Whether it can be called on resources of a type, or on the type.
    package func belongs(to typeName: String) -> Bool {
        types.isEmpty ? !levels.isSubset(of: [.system]) : types.contains(typeName)
    }

    /// Methods that call it, for `Allow`: GET is for what changes nothing and needs no more than primitives, which a
    /// query can hold (R4 operations.html#executing). Operations that read their parameters themselves take texts for
    /// references and concepts.
    package var methods: [RequestMethod] {
        let asText: Set<String> = reading == .own ? ["Reference", "CodeableConcept", "Coding"] : []
        let needsBody = parameters.contains { parameter in
            parameter.use == .input && parameter.min > 0 && !asText.contains(parameter.type ?? "")
                && parameter.type?.utf8.first.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 } ?? false
        }
        return affectsState || needsBody ? [.post] : [.get, .head, .post]
    }
}
