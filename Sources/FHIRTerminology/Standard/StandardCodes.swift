package import FHIRDefinitions
import JSONTape

/// The codes of R4's own code systems and value sets, for questions that cannot wait: validation asks them of every
/// coded element of a write.
///
/// Every code has a number, and those of one system stand together; a value set is a few ranges of numbers. A question
/// is two or three look-ups and allocates nothing. Made at first use, in some hundredths of a second.
package final class StandardCodes: Sendable {
    /// Those of FHIR R4 (4.0.1).
    package static let r4 = StandardCodes(.r4)

    /// A value set of the standard, looked up once and then asked often.
    package struct ValueSet: Hashable, Sendable {
        let number: UInt16
    }

    /// A code of one of the standard's code systems.
    package struct Code: Hashable, Sendable {
        let number: UInt32
    }

    /// Whether a value set holds a code.
    package enum Membership: Hashable, Sendable {
        case member
        case absent
        /// The value set is defined by code systems that the standard names and does not list: SNOMED CT, LOINC…
        case unknown
    }

    /// What a code is in its system.
    package enum Finding: Hashable, Sendable {
        case known(Code)
        /// All codes of the system are known here, by a list or a grammar, and this is none of them.
        case noSuchCode
        /// The codes of the system are not listed here.
        case unknownSystem
    }

    private let terminology: StandardTerminology
    let tables: StandardCodeTables

    /// - Parameter terminology: the resources that the codes are read from.
    package init(_ terminology: StandardTerminology) {
        self.terminology = terminology
        var builder = StandardCodesBuilder(terminology)
        tables = builder.build()
    }

    // MARK: - Value sets

    /// The value set of a canonical; nil if the standard has none, or has it in another version than the one behind
    /// the bar.
    package func valueSet(_ canonical: String) -> ValueSet? {
        let canonical = Canonical(canonical)
        guard let number = tables.valueSets.value(canonical.url, owner: 0) else { return nil }
        let known = tables.versions[Int(number)]
        // Bindings of R4 name its own version, whatever the value set's (R4 references.html#canonical).
        guard canonical.version == nil || canonical.version == known || canonical.version == "4.0.1" else { return nil }
        return ValueSet(number: UInt16(number))
    }

    /// Whether a value set holds a code of a system. UTF-8 without escapes; allocates nothing.
    package func membership(
        _ code: UnsafeBufferPointer<UInt8>, system: UnsafeBufferPointer<UInt8>, in valueSet: ValueSet
    ) -> Membership {
        let set = tables.sets[Int(valueSet.number)]
        guard let system = tables.system(system) else { return set.isOpen ? .unknown : .absent }
        if let number = tables.number(code, system: system), tables.contains(number, set) { return .member }
        var isOpen = set.isOpen || set.openSystems.contains(system)
        for rule in set.rules where rule.system == system {
            let answer = rule.accepts(code)
            if answer == true { return .member }
            if answer == nil { isOpen = true }
        }
        return isOpen ? .unknown : .absent
    }

    /// Whether a value set holds a code in any system: for elements that hold a code alone. Those of media types take
    /// `xml`, `json` and `ttl` as well.
    package func membership(_ code: UnsafeBufferPointer<UInt8>, in valueSet: ValueSet) -> Membership {
        let set = tables.sets[Int(valueSet.number)]
        for system in set.systems {
            if let number = tables.number(code, system: system), tables.contains(number, set) { return .member }
        }
        var isOpen = set.isOpen || !set.openSystems.isEmpty
        for rule in set.rules {
            let answer = rule.accepts(code)
            if answer == true || rule.grammar == .mediaType && MediaTypeGrammar.isShortForm(code) { return .member }
            if answer == nil { isOpen = true }
        }
        return isOpen ? .unknown : .absent
    }

    /// The same for strings.
    /// - Parameter system: nil for a code that comes without one.
    package func membership(_ code: String, system: String?, in valueSet: ValueSet) -> Membership {
        var code = code
        return code.withUTF8 { code in
            guard var system else { return membership(code, in: valueSet) }
            return system.withUTF8 { membership(code, system: $0, in: valueSet) }
        }
    }

    // MARK: - Code systems

    /// What a code is in its system. UTF-8 without escapes; allocates nothing.
    package func find(_ code: UnsafeBufferPointer<UInt8>, system: UnsafeBufferPointer<UInt8>) -> Finding {
        guard let system = tables.system(system) else { return .unknownSystem }
        guard system < tables.listedSystemCount else {
            return tables.grammars[system]?.accepts(code) == false ? .noSuchCode : .unknownSystem
        }
        return tables.number(code, system: system).map { .known(Code(number: $0)) } ?? .noSuchCode
    }

    /// The same for strings.
    package func find(_ code: String, system: String) -> Finding {
        var (code, system) = (code, system)
        return code.withUTF8 { code in system.withUTF8 { find(code, system: $0) } }
    }

    /// What the code system shows for a code; nil if it says nothing.
    package func display(of code: Code) -> String? { texts(of: code).first.map(string) }

    /// Whether a text is the display of a code or one of its designations, but for case and white space. True where the
    /// system has no text for it.
    package func isText(_ text: UnsafeBufferPointer<UInt8>, of code: Code) -> Bool {
        let places = texts(of: code)
        if places.isEmpty || places.contains(where: { isEqual(text, terminology.text($0)) }) { return true }
        let folded = DisplayText.folded(String(decoding: text, as: UTF8.self))
        return places.contains { DisplayText.folded(string($0)) == folded }
    }

    /// Whether the system says that the code should no longer be used (R4 codesystem.html#status).
    package func isInactive(_ code: Code) -> Bool { tables.flags[Int(code.number)] & StandardCodeTables.inactive != 0 }

    /// Whether the code only groups others and is not to be used itself.
    package func isAbstract(_ code: Code) -> Bool { tables.flags[Int(code.number)] & StandardCodeTables.abstract != 0 }

    // MARK: - Texts

    private func texts(of code: Code) -> ArraySlice<Range<Int>> {
        let index = Int(code.number)
        return tables.texts[Int(tables.textStarts[index])..<Int(tables.textStarts[index + 1])]
    }

    /// Compares bytes; a text with escapes never equals, and is decoded then.
    private func isEqual(_ text: UnsafeBufferPointer<UInt8>, _ quoted: UnsafeBufferPointer<UInt8>) -> Bool {
        text.count == quoted.count - 2 && text.elementsEqual(quoted.dropFirst().dropLast())
    }

    private func string(_ place: Range<Int>) -> String {
        let literal = terminology.text(place)
        guard literal.contains(UInt8(ascii: "\\")) else {
            return String(decoding: literal.dropFirst().dropLast(), as: UTF8.self)
        }
        // The place was taken from a document that parsed, so this one does too.
        let document = try? Document.parse([UInt8(ascii: "[")] + literal + [UInt8(ascii: "]")])
        return document.flatMap { JSONNode($0).elements.first { _ in true }?.string } ?? ""
    }
}
