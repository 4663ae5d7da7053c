internal import HL7Syntax

/// A number and the unit of OBX-6 (or CQ.2) to Quantity. CWE[Quantity], NM[Quantity].
struct Unit {
    private let code: String?
    private let text: String?

    /// - Parameter repetition: a CWE; `.code` and `.system` are filled only when it is UCUM.
    init(_ repetition: Repetition, _ profile: SourceProfile) {
        func value(_ number: Int) -> String? {
            repetition[component: number].value.map(\.collapsed).flatMap { $0.isEmpty ? nil : $0 }
        }
        self.init(
            code: value(1), text: value(2), system: value(3), alternate: value(4), alternateSystem: value(6),
            profile: profile)
    }

    /// CQ.2: the same with subcomponents.
    init(nested component: Component, _ profile: SourceProfile) {
        func value(_ number: Int) -> String? {
            component[subcomponent: number].value.map(\.collapsed).flatMap { $0.isEmpty ? nil : $0 }
        }
        self.init(
            code: value(1), text: value(2), system: value(3), alternate: value(4), alternateSystem: value(6),
            profile: profile)
    }

    private init(
        code: String?, text: String?, system: String?, alternate: String?, alternateSystem: String?,
        profile: SourceProfile
    ) {
        self.text = text ?? code ?? alternate
        let isKnown = { (system: String?) in system.flatMap(CodingSystemTable.uri) == "http://unitsofmeasure.org" }
        if isKnown(system) {
            self.code = code
        } else if isKnown(alternateSystem) {
            self.code = alternate
        } else if let code {
            // What somebody said of this sender's unit goes before what most senders mean by it.
            self.code = profile.mappedUnit(code, system: system) ?? UnitAliasTable.ucum(code)
            if self.code == nil, let maps = profile.codeMaps {
                let local = profile.localSystem(ofField: "OBX-6")
                maps.note(
                    UnmappedCode(source: profile.id, field: "OBX-6", system: local, code: code, display: text ?? ""))
            }
        } else {
            self.code = nil
        }
    }

    /// Quantity with the number's exact text.
    func quantity(_ decimal: DecimalText) -> FHIRValue {
        quantity(number: decimal.number, comparator: decimal.comparator, original: decimal.original)
    }

    /// - Parameter original: the number as sent, where JSON does not allow it; kept beside the value.
    func quantity(number: String, comparator: String? = nil, original: String? = nil) -> FHIRValue {
        let companion = FHIRValue.extension(ExtensionURL.originalText, "valueString", .text(original))
        return .object([
            "value": .number(number), "_value": companion.map { .object(["extension": .array([$0])]) },
            "comparator": comparator.map { .string($0) }, "unit": .text(text),
            "system": code == nil ? nil : .string("http://unitsofmeasure.org"), "code": code.map { .string($0) },
        ])
    }
}
