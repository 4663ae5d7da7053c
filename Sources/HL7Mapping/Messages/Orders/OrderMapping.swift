package import HL7Syntax

/// ORM^O01, OML^O21, O33 and O35 to ServiceRequest or MedicationRequest with Task, Specimen, Observation and Condition.
/// §2.6. Pure: the same message and the same known orders give the same resources.
///
/// Two steps, because what an order control code may do depends on the stored order:
///
///     let mapping = try OrderMapping(message, profile: profile)
///     let known = store.orders(mapping.queries, of: patient)
///     let stated = mapping.stated(known)
package struct OrderMapping {
    /// Message types with their trigger events.
    package static let kinds: [String: Set<String>] = ["ORM": ["O01"], "OML": ["O21", "O33", "O35"]]

    /// How the store finds an order that the message is about.
    package struct Query: Sendable, Hashable {
        /// `ServiceRequest` or `MedicationRequest`; nil where the number alone is known: either.
        package let type: String?
        package let placer: FHIRIdentifier?
        package let filler: FHIRIdentifier?
        /// As `OrderQuery.printed`; nil for a new order, whose number its placer gives.
        package let printed: FHIRIdentifier?
        /// OBR-4.1 or RXO-1.1; empty where the message does not tell.
        package let code: String
        /// A new order: one with another code under the same number is another order (F-38).
        package let isNew: Bool
        /// ORC-8: the order that this one is part of.
        package let parent: FHIRIdentifier?
    }

    /// A stored order, as far as the decisions need it.
    package struct Known: Sendable, Hashable {
        package let type: String
        package let id: String
        package let status: String
        package let filler: FHIRIdentifier?
        /// A report answers it, or its task is in progress.
        package let hasBegun: Bool

        package init(type: String, id: String, status: String, filler: FHIRIdentifier?, hasBegun: Bool) {
            self.type = type
            self.id = id
            self.status = status
            self.filler = filler
            self.hasBegun = hasBegun
        }

        var address: String { "\(type)/\(id)" }
    }

    /// One for each order of the message.
    package let queries: [Query]
    /// The Patient that the message is about.
    package let patient: StatedResource
    let context: MappingContext
    let groups: OrderGroups
    /// The orders that are taken: those sent along for information are left out.
    let orders: [OrderGroup]

    /// - Throws: 100 without PID or ORC, 101 and 102 at PID-3, all of them AE.
    package init(_ message: RawMessage, profile: SourceProfile) throws(MappingError) {
        let context = MappingContext(message, profile: profile)
        self.context = context
        groups = OrderGroups(message)
        guard let segment = groups.patient else {
            throw MappingError(.segmentSequence, .contentError, at: HL7Location(segment: "PID"), "no PID segment")
        }
        if let second = groups.secondPatient {
            throw MappingError(.segmentSequence, .contentError, at: second.location, "orders for two patients")
        }
        guard !groups.groups.isEmpty else {
            throw MappingError(.segmentSequence, .contentError, at: HL7Location(segment: "ORC"), "no order")
        }
        orders = groups.groups.filter { !$0.isPrevious }
        if orders.count < groups.groups.count {
            context.warn(.segmentSequence, at: nil, "earlier orders and results are not filed")
        }
        patient = try PatientStatement(context: context, segment: segment).make(
            rule: .mention, related: groups.related, notes: groups.patientNotes)
        queries = orders.map { Self.query($0, context) }
    }

    private static func query(_ group: OrderGroup, _ context: MappingContext) -> Query {
        let profile = context.profile
        let type: String? =
            switch group.detail {
            case .service: "ServiceRequest"
            case .medication: "MedicationRequest"
            case .none, .other: nil
            }
        let isNew: Bool =
            switch group.action {
            case .new, .child, .sendNumber: true
            default: false
            }
        let parent = group.control.flatMap { control -> FHIRIdentifier? in
            let field = control[field: 8][repetition: 1]
            return
                (EntityIdentifier(nested: field[component: 1], profile)
                ?? EntityIdentifier(nested: field[component: 2], profile))?.pair
        }
        return Query(
            type: type, placer: group.placer(profile)?.pair, filler: group.filler(profile)?.pair,
            printed: isNew ? nil : group.placer(profile)?.printed(in: context.message), code: group.code,
            isNew: isNew, parent: parent)
    }

    /// What the message comes to.
    /// - Parameters:
    ///   - known: the stored orders for each of `queries`: none for a new one, several where only the number is told.
    ///   - parents: the stored parent of each, `Type/id`.
    package func stated(_ known: [[Known]], parents: [String?]) -> StatedMessage {
        var builder = OrderBuilder(mapping: self)
        for (index, group) in orders.enumerated() {
            builder.add(
                group, known: index < known.count ? known[index] : [],
                parent: index < parents.count ? parents[index] : nil)
        }
        return StatedMessage(
            patient: patient.address, resources: [patient] + builder.resources, mentioned: context.shared,
            warnings: context.warnings, reply: builder.reply())
    }
}
