internal import HL7Syntax

/// CX to Identifier. CX[Identifier].
struct IdentifierMap {
    let context: MappingContext

    /// System and value of a CX; `nil` when it is empty or stands for "none" (F-9).
    func pair(_ repetition: Repetition) -> FHIRIdentifier? {
        guard let value = repetition[component: 1].value?.cleaned, !value.isEmpty, !context.profile.isDummy(value)
        else {
            return nil
        }
        return FHIRIdentifier(system: system(repetition), value: value)
    }

    /// CX.4, else the default of the facility, else one that can match this source only (F-8).
    private func system(_ repetition: Repetition) -> String {
        let authority = AssigningAuthority(repetition[component: 4])
        if let system = authority.system(context.profile) { return system }
        return context.profile.defaultAssigners[context.facility] ?? context.profile.localSystem("ns", "")
    }

    /// The whole element; `type` is used where CX.5 is empty.
    func map(_ repetition: Repetition, type: String? = nil) -> FHIRValue? {
        guard let pair = pair(repetition) else { return nil }
        let code = repetition[component: 5].value?.collapsed ?? type
        let assigner = AssigningAuthority(repetition[component: 6]).name
        return .object([
            "type": code.map { .concept("http://terminology.hl7.org/CodeSystem/v2-0203", $0) },
            "system": .string(pair.system),
            "value": .string(pair.value),
            "period": PeriodMap.map(
                context, start: repetition[component: 7].string, end: repetition[component: 8].string),
            "assigner": assigner.isEmpty ? nil : .object(["display": .text(assigner)]),
        ])
    }
}

/// EI to Identifier, and order numbers in particular. EI[Identifier-Extension].
struct EntityIdentifier: Sendable, Hashable {
    let value: String
    let system: String
    /// EI.2 or EI.3 as sent; part of identity keys.
    let authorityName: String

    /// From the components of a field: OBR-2, OBX-21.
    init?(_ repetition: Repetition, _ profile: SourceProfile) {
        self.init(repetition[component: 1].value, AssigningAuthority(repetition, first: 2), profile)
    }

    /// From the subcomponents of a component: SPM-2.1, OBR-29.2.
    init?(nested component: Component, _ profile: SourceProfile) {
        self.init(component[subcomponent: 1].value, AssigningAuthority(nested: component), profile)
    }

    private init?(_ value: String?, _ authority: AssigningAuthority, _ profile: SourceProfile) {
        guard let value = value?.cleaned, !value.isEmpty, !profile.isDummy(value) else { return nil }
        self.value = value
        let isOurs =
            authority.universalID.isEmpty && authority.namespace == PlacerNumber.namespace
            && profile.namespaces[PlacerNumber.namespace] == nil
        // A number that was given here comes back with its namespace alone from those that keep no more.
        system =
            isOurs ? PlacerNumber.system : authority.system(profile) ?? profile.localSystem("ns", "")
        authorityName = authority.universalID.isEmpty ? authority.namespace : authority.universalID
    }

    /// A stored identifier; the authority is told where it is one local to the source.
    init(_ stored: FHIRIdentifier, _ profile: SourceProfile) {
        value = stored.value
        system = stored.system
        let local = profile.localSystem("ns", "")
        authorityName = stored.system.hasPrefix(local) ? String(stored.system.dropFirst(local.count)) : ""
    }

    /// A number that is given here.
    init(_ value: String, namespace: String, _ profile: SourceProfile) {
        self.value = value
        system = profile.namespaces[namespace] ?? profile.localSystem("ns", namespace)
        authorityName = namespace
    }

    /// The number as one that this server gave out: laboratories echo it with no authority, with ours, or with the name
    /// under which they address us (MSH-5, MSH-6); nil for a number of somebody else.
    func printed(in message: RawMessage) -> FHIRIdentifier? {
        let isOurs =
            authorityName.isEmpty || authorityName == PlacerNumber.namespace
            || [5, 6].contains { message["MSH", field: $0][component: 1].string == authorityName }
        return isOurs && system != PlacerNumber.series
            ? FHIRIdentifier(system: PlacerNumber.series, value: value) : nil
    }

    var pair: FHIRIdentifier { FHIRIdentifier(system: system, value: value) }

    /// `PLAC` or `FILL` as `type`.
    func map(type: String?) -> FHIRValue {
        .object([
            "type": type.map { .concept("http://terminology.hl7.org/CodeSystem/v2-0203", $0) },
            "system": .string(system), "value": .string(value),
        ])
    }

    /// `value^authority`, the part of an identity key.
    var keyPart: String { authorityName.isEmpty ? value : value + "^" + authorityName }
}
