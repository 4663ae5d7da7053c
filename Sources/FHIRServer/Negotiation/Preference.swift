/// `Prefer` (RFC 7240), as far as FHIR uses it (R4 http.html#ops, search.html#errors).
package struct Preference: Sendable, Hashable {
    /// What a write answers with.
    package enum Return: String, Sendable {
        case minimal
        case representation
        case operationOutcome = "OperationOutcome"

        /// - Parameter name: in lower case.
        init?(name: String) {
            switch name {
            case "minimal": self = .minimal
            case "representation": self = .representation
            case "operationoutcome": self = .operationOutcome
            default: return nil
            }
        }
    }

    /// What becomes of search parameters that are not known.
    package enum Handling: String, Sendable {
        case strict, lenient
    }

    package var `return`: Return?
    package var handling: Handling?

    package init(return: Return? = nil, handling: Handling? = nil) {
        self.return = `return`
        self.handling = handling
    }

    /// Adds what one header field says; clients send several, or one with commas. What is not known is ignored, and
    /// of several values for one preference the first counts (RFC 7240 §2).
    package mutating func merge(_ field: String) {
        for part in field.split(whereSeparator: { $0 == "," || $0 == ";" }) {
            let sides = part.split(separator: "=", maxSplits: 1).map { $0.trimmed.withoutQuotes }
            guard sides.count == 2 else { continue }
            switch sides[0].lowercased() {
            case "return": self.return = self.return ?? Return(name: sides[1].lowercased())
            case "handling": handling = handling ?? Handling(rawValue: sides[1].lowercased())
            default: break
            }
        }
    }
}

extension StringProtocol {
    /// Without blanks and tabs at both ends.
    var trimmed: SubSequence {
        var text = self[...]
        while let first = text.first, first == " " || first == "\t" { text = text.dropFirst() }
        while let last = text.last, last == " " || last == "\t" { text = text.dropLast() }
        return text
    }

    var withoutQuotes: SubSequence {
        guard count >= 2, first == "\"", last == "\"" else { return self[...] }
        return dropFirst().dropLast()
    }
}
