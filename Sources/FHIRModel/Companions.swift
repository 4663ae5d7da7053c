package import JSONTape

/// `id` and extensions of an element's primitives, by the property they accompany: `birthDate`, `valueString`.
///
///     "given": ["Ann", null],  "_given": [null, {"extension": […]}]
///
/// Few elements have any, so this costs a pointer. Values and companions of a repeating primitive are aligned by
/// position; `nulls` are the positions in which the standard wants `null` among the values. Whoever changes a
/// repeating primitive that has companions changes them too.
package struct Companions: Sendable, Hashable {
    /// What accompanies one property.
    package struct Entry: Sendable, Hashable {
        /// Aligned with the values; one for an element that does not repeat.
        package var companions: [Companion?]
        /// Whether the property is an array.
        package var isRepeating: Bool
        /// Ascending positions without a value.
        package var nulls: [Int]

        package init(companions: [Companion?] = [], isRepeating: Bool = false, nulls: [Int] = []) {
            self.companions = companions
            self.isRepeating = isRepeating
            self.nulls = nulls
        }
    }

    @Indirect private var entries: [String: Entry]?

    package init() { _entries = Indirect(wrappedValue: nil) }

    package var isEmpty: Bool { entries == nil }

    /// The properties that have companions, sorted.
    package var properties: [String] { entries?.keys.sorted() ?? [] }

    /// What accompanies a property; nil for nothing.
    package subscript(entry property: String) -> Entry? {
        get { entries?[property] }
        set {
            var changed = entries ?? [:]
            changed[property] = newValue
            entries = changed.isEmpty ? nil : changed
        }
    }

    /// The companion of a primitive that does not repeat.
    package subscript(property: String) -> Companion? {
        get { entries?[property]?.companions.first ?? nil }
        set { self[entry: property] = newValue.map { Entry(companions: [$0]) } }
    }

    /// Takes the value of `_property`.
    mutating func read(_ property: String, _ node: JSONNode) throws(FHIRModelError) {
        var entry = self[entry: property] ?? Entry()
        if node.isArray {
            entry.isRepeating = true
            for element in node.elements {
                entry.companions.append(element.isNull ? nil : try Companion(from: element))
            }
        } else {
            entry.companions = [try Companion(from: node)]
        }
        self[entry: property] = entry
    }
}

/// The `id` and extensions of one primitive. https://hl7.org/fhir/R4/json.html#primitive
package struct Companion: FHIRElement {
    package static let definition = ModelDefinition("Element")
    package var id: String?
    package var `extension`: [Extension] = []

    /// None: neither `id` nor extensions of an `Element` take companions.
    package var companions: Companions {
        get { Companions() }
        set {}
    }

    package init() {}

    package mutating func read(_ reader: inout PropertyReader) {
        switch reader.element {
        case 0: reader.one(&id)
        default: reader.all(&self.extension)
        }
    }

    package func writeElements(to writer: inout JSONWriter) {
        writer.one("id", id, Companions())
        writer.all("extension", self.extension, Companions())
    }
}
