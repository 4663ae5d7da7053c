/// Message structures as rows of text in the standard's own notation, parsed when asked for.
///
///     ORU_R01 MSH [{SFT}] {PATIENT_RESULT: [PATIENT: PID [PD1] …] {ORDER_OBSERVATION: [ORC] OBR …}} [DSC]
///
/// `[ ]` optional, `{ }` repeating, `( )` neither, `NAME:` names the group, `<OBR|RXO>` one of several. Where versions
/// differ a row allows what any of them allows, so that one table serves 2.1 to 2.9.
enum StructureTable {
    static let rows: [String: Substring] = {
        var rows: [String: Substring] = [:]
        for part in [aToN, oToZ] {
            for row in part.split(separator: "\n") {
                let name = row.prefix { $0 != " " }
                rows[String(name)] = row.dropFirst(name.count)
            }
        }
        return rows
    }()

    static func structure(_ name: String) -> MessageStructure? {
        guard let row = rows[name] else { return nil }
        var parser = StructureParser(row)
        return MessageStructure(name: name, elements: parser.elements())
    }
}

/// Reads a row of the table.
private struct StructureParser {
    private var rest: Substring

    init(_ text: Substring) { rest = text }

    mutating func elements() -> [MessageStructure.Element] {
        var elements: [MessageStructure.Element] = []
        while true {
            rest = rest.drop { $0 == " " }
            guard let next = rest.first, !"])}".contains(next) else { return elements }
            elements.append(element(isRequired: true, isRepeating: false))
        }
    }

    private mutating func element(isRequired: Bool, isRepeating: Bool) -> MessageStructure.Element {
        switch rest.first {
        case "[": return bracketed(isRequired: false, isRepeating: isRepeating)
        case "{": return bracketed(isRequired: isRequired, isRepeating: true)
        case "(": return bracketed(isRequired: isRequired, isRepeating: isRepeating)
        case "<":
            let names = rest.dropFirst().prefix { $0 != ">" }
            rest = rest.dropFirst(names.count + 2)
            return .init(
                content: .choice(names.split(separator: "|").map(String.init)), isRequired: isRequired,
                isRepeating: isRepeating)
        default:
            return .init(content: .segment(word()), isRequired: isRequired, isRepeating: isRepeating)
        }
    }

    /// What stands in brackets: another bracket, a segment, a choice, or `NAME:` and a group.
    private mutating func bracketed(isRequired: Bool, isRepeating: Bool) -> MessageStructure.Element {
        rest = rest.dropFirst()
        defer { rest = rest.dropFirst() }
        let start = rest
        let name = word()
        if rest.first == ":", !name.isEmpty {
            rest = rest.dropFirst()
            return .init(
                content: .group(name: name, elements: elements()), isRequired: isRequired, isRepeating: isRepeating)
        }
        rest = start
        return element(isRequired: isRequired, isRepeating: isRepeating)
    }

    private mutating func word() -> String {
        let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        rest = rest.dropFirst(word.count)
        return String(word)
    }
}
