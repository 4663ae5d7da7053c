package import FHIRFormats
package import FHIRModel
package import JSONTape
import FHIRSearch
import FHIRStore

extension OperationParameters {
    /// Resources of a parameter.
    package func resources(_ name: String) -> [JSONNode] {
        all(name).compactMap { bare == nil ? $0.node["resource"] : $0.node }
    }

    /// References to a type: a Reference, or its text as string, uri or id.
    package func references(_ name: String, _ typeNames: String...) throws -> [LocalReference] {
        try references(name, of: typeNames)
    }

    private func references(_ name: String, of typeNames: [String]) throws -> [LocalReference] {
        try all(name).map { item in
            let text = ["valueString", "valueUri", "valueUrl", "valueId", "valueCanonical"].lazy
                .compactMap { item.node[named: $0]?.string }.first
            let found =
                LocalReference(item.node["valueReference"])
                ?? text.flatMap { value in
                    value.contains("/") ? LocalReference(value) : typeNames.first.map { LocalReference($0, value) }
                }
            guard let found, typeNames.isEmpty || typeNames.contains(found.typeName), ResourceID.isValid(found.id)
            else {
                let types = typeNames.isEmpty ? "resource" : typeNames.joined(separator: " or ")
                throw Self.invalid("the parameter \(name) is a reference to a \(types)", at: item.place + ".value")
            }
            return found
        }
    }

    /// The first of `references`.
    package func reference(_ name: String, _ typeNames: String...) throws -> LocalReference? {
        try references(name, of: typeNames).first
    }

    /// A text, code or uri.
    package func text(_ name: String) -> String? { value(name)?.string }

    /// All texts of a name.
    package func texts(_ name: String) -> [String] {
        all(name).compactMap { ParameterValue.value(of: $0.node)?.node.string }
    }

    /// A code, one of those given; throws `StoreError` (400) for another.
    package func code<Code: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Code.Type
    ) throws -> Code? where Code.RawValue == String {
        guard let text = text(name) else { return nil }
        if let code = Code(rawValue: text) { return code }
        let known = Code.allCases.map(\.rawValue).joined(separator: ", ")
        throw Self.invalid("the parameter \(name) is one of \(known)", at: place(of: name).map { $0 + ".value" })
    }

    /// `value[x]` of all parameters of a name, whatever their types.
    package func nodes(_ name: String) -> [JSONNode] {
        all(name).compactMap { ParameterValue.value(of: $0.node)?.node }
    }

    package func bool(_ name: String) -> Bool { value(name)?.bool ?? false }
    package func integer(_ name: String) -> Int? { value(name)?.integer }

    /// A decimal with its digits.
    package func decimal(_ name: String) -> FHIRDecimal? { value(name)?.numberText.flatMap { FHIRDecimal($0) } }

    /// A data type as its model; throws `StoreError` (400) for content that is none.
    package func element<Element: FHIRElement>(_ name: String, _ type: Element.Type) throws -> Element? {
        try elements(name, type).first
    }

    /// All values of a name as models.
    package func elements<Element: FHIRElement>(_ name: String, _ type: Element.Type) throws -> [Element] {
        var found: [Element] = []
        for item in all(name) {
            let value = ParameterValue.value(of: item.node)?.node ?? item.node["resource"]
            guard let node = bare == nil ? value : item.node else { continue }
            do throws(FHIRModelError) {
                found.append(try Element(from: node))
            } catch {
                throw Self.invalid(
                    "the parameter \(name) is no \(type): \(error.expression)", at: item.place + ".value")
            }
        }
        return found
    }

    /// A time: the beginning of what a date, dateTime or instant stands for.
    package func instant(_ name: String) throws -> Instant? {
        guard let text = text(name) else { return nil }
        guard text.utf8.count > 10, let range = DateRange(text) else {
            throw Self.invalid(
                "the parameter \(name) is a time with date, time and zone", at: place(of: name).map { $0 + ".value" })
        }
        return Instant(microsecondsSince1970: range.low)
    }

    /// A CodeableConcept as JSON; a text stands for one that has only that.
    package func concept(_ name: String) -> [UInt8]? { concepts(name).first }

    /// All CodeableConcepts of a name.
    package func concepts(_ name: String) -> [[UInt8]] {
        all(name).compactMap { item in
            guard let (type, node) = ParameterValue.value(of: item.node) else { return nil }
            switch type {
            case "CodeableConcept": return node.source
            case "Coding":
                return ResourceEdit.json { writer in
                    writer.beginObject()
                    writer.key("coding")
                    writer.beginArray()
                    writer.copy(node)
                    writer.endArray()
                    writer.endObject()
                }
            default:
                guard let text = node.string else { return nil }
                return ResourceEdit.json { writer in
                    writer.beginObject()
                    writer.member("text", text)
                    writer.endObject()
                }
            }
        }
    }

    /// The `valueReference` of all parameters of a name, as JSON.
    package func referenceValues(_ name: String) -> [[UInt8]] {
        all(name).compactMap { $0.node["valueReference"]?.source }
    }
}
