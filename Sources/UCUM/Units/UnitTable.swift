import CUCUM

/// The units and prefixes of UCUM, from the table in the program.
struct UnitTable: Sendable {
    struct Atom: Sendable {
        var takesPrefixes = false
        var isArbitrary = false
        var isBase = false
        /// The value and the unit that it is a multiple of; empty for base units.
        var value = ""
        var unit = ""
        var function: SpecialFunction?
    }

    private(set) var prefixes: [String: UnitDecimal] = [:]
    private(set) var atoms: [String: Atom] = [:]

    /// Reads the table; its shape is described in `Sources/CUCUM/README.md`.
    init() {
        let table = cucum_units()
        let text = String(decoding: UnsafeBufferPointer(start: table.bytes, count: table.count), as: UTF8.self)
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
            let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
                .map { String(Substring($0)) }
            switch fields[0] {
            case "prefix": prefixes[fields[1]] = UnitDecimal(fields[2])
            case "base": atoms[fields[1]] = Atom(takesPrefixes: true, isBase: true)
            default:
                atoms[fields[1]] = Atom(
                    takesPrefixes: fields[2].contains("m"), isArbitrary: fields[2].contains("a"), value: fields[3],
                    unit: fields[4], function: fields.count > 5 ? SpecialFunction(rawValue: fields[5]) : nil)
            }
        }
    }

    /// The atom that a symbol names, alone or behind a prefix.
    func find(_ symbol: String) -> (prefix: UnitDecimal?, code: String, atom: Atom)? {
        if let atom = atoms[symbol] { return (nil, symbol, atom) }
        // The prefixes have one or two characters.
        for count in 1...2 where symbol.utf8.count > count {
            let code = String(symbol.dropFirst(count))
            if let prefix = prefixes[String(symbol.prefix(count))], let atom = atoms[code], atom.takesPrefixes {
                return (prefix, code, atom)
            }
        }
        return nil
    }
}
