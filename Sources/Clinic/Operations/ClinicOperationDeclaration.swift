package import FHIRDefinitions

/// What an operation is and takes. Routing, the reading of parameters, the CapabilityStatement, the OperationDefinition
/// and the page of operations are made from it, and the runner does what it says of the instance: locks it, compares
/// `If-Match`, refuses states that the operation does not lead from.
/// https://hl7.org/fhir/R4/operationdefinition.html
package struct ClinicOperationDeclaration: Sendable {
    package enum Level: Sendable, Hashable {
        case system, type, instance
    }

    package typealias Parameter = OperationParameterDeclaration

    /// Where an operation on an instance leads from and to, by the state machine of its type.
    package struct Transition: Sendable {
        /// States that it may be called in.
        package var from: Set<String>
        /// The state that it leads to.
        package var to: String

        package init(from: Set<String>, to: String) {
            self.from = from
            self.to = to
        }
    }

    /// Without the dollar sign: `book`.
    package var name: String
    /// Empty at system level.
    package var typeName: String
    package var level: Level
    /// Whether it changes something; if not, GET may call it.
    package var affectsState: Bool
    package var documentation: String
    package var parameters: [Parameter]
    /// Who may call it.
    package var roles: Set<ClinicRole>
    package var transition: Transition?
    /// Names of the events that it may record: `appointment.booked`.
    package var events: [String]

    package init(
        name: String, typeName: String = "", level: Level, affectsState: Bool, documentation: String,
        roles: Set<ClinicRole> = [], transition: Transition? = nil, events: [String] = [], parameters: [Parameter]
    ) {
        self.name = name
        self.typeName = typeName
        self.level = level
        self.affectsState = affectsState
        self.documentation = documentation
        self.roles = roles
        self.transition = transition
        self.events = events
        self.parameters = parameters
    }

    /// How it is called: `Appointment/[id]/$cancel`.
    package var path: String {
        switch level {
        case .system: "$" + name
        case .type: "\(typeName)/$\(name)"
        case .instance: "\(typeName)/[id]/$\(name)"
        }
    }
}
