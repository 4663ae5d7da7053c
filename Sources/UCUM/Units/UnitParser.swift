/// Reads the case-sensitive syntax of units (UCUM §§2–12) to what they mean.
///
///     main       = "/" term | term
///     term       = component { ("." | "/") component }       from left to right
///     component  = unit [exponent] [annotation] | annotation | digits
///                | "(" term ")" [annotation]
///     unit       = [prefix] atom
///     exponent   = ["+" | "-"] digits
///     annotation = "{" printable signs "}"                    means nothing
struct UnitParser {
    private static let maximumByteCount = 200
    private static let maximumDepth = 16
    private static let maximumExponent = 99

    private let bytes: [UInt8]
    private var index = 0
    private let atomMeaning: (String, UnitTable.Atom) throws(UCUMError) -> UnitMeaning
    private let table: UnitTable

    /// - Parameter atomMeaning: what an atom is in base units.
    static func parse(
        _ text: String, table: UnitTable,
        atomMeaning: @escaping (String, UnitTable.Atom) throws(UCUMError) -> UnitMeaning
    ) throws(UCUMError) -> UnitMeaning {
        var parser = UnitParser(bytes: Array(text.utf8), atomMeaning: atomMeaning, table: table)
        return try parser.main()
    }

    private init(
        bytes: [UInt8], atomMeaning: @escaping (String, UnitTable.Atom) throws(UCUMError) -> UnitMeaning,
        table: UnitTable
    ) {
        self.bytes = bytes
        self.atomMeaning = atomMeaning
        self.table = table
    }

    private mutating func main() throws(UCUMError) -> UnitMeaning {
        if bytes.isEmpty { throw error(.empty) }
        if bytes.count > Self.maximumByteCount { throw error(.tooComplex) }
        let meaning = try term(depth: 0)
        if index < bytes.count { throw error(.syntax) }
        return meaning
    }

    private mutating func term(depth: Int) throws(UCUMError) -> UnitMeaning {
        if depth > Self.maximumDepth { throw error(.tooComplex) }
        var result = UnitMeaning()
        var divides = accept("/")
        var isFirst = !divides
        while true {
            let start = index
            let component = try component(depth: depth)
            if isFirst {
                result = component
            } else {
                if component.function != nil || result.function != nil { throw error(.specialInTerm, at: start) }
                result.factor = result.factor * (divides ? component.factor.power(-1) : component.factor)
                result.dimension.multiply(by: divides ? component.dimension.power(-1) : component.dimension)
            }
            isFirst = false
            if accept(".") {
                divides = false
            } else if accept("/") {
                divides = true
            } else {
                return result
            }
        }
    }

    private mutating func component(depth: Int) throws(UCUMError) -> UnitMeaning {
        guard index < bytes.count else { throw error(.empty) }
        if accept("(") {
            let inner = try term(depth: depth + 1)
            guard accept(")") else { throw error(.syntax) }
            if index < bytes.count, bytes[index] == UInt8(ascii: "{") { try annotation() }
            return inner
        }
        if bytes[index] == UInt8(ascii: "{") {
            try annotation()
            return UnitMeaning()
        }
        let start = index
        let symbol = try symbol()
        var meaning: UnitMeaning
        if symbol.utf8.allSatisfy(Self.isDigit) {
            guard let number = UnitDecimal(symbol), symbol.utf8.count <= 30 else { throw error(.tooComplex, at: start) }
            guard number != .zero else { throw error(.syntax, at: start) }
            meaning = UnitMeaning(factor: UnitFactor(number))
        } else {
            meaning = try unit(symbol, start)
            if let exponent = try exponent() {
                if meaning.function != nil { throw error(.specialInTerm, at: start) }
                meaning.factor = meaning.factor.power(exponent)
                meaning.dimension = meaning.dimension.power(exponent)
            }
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: "{") { try annotation() }
        return meaning
    }

    private func unit(_ symbol: String, _ start: Int) throws(UCUMError) -> UnitMeaning {
        guard let (prefix, code, atom) = table.find(symbol) else { throw error(.unknownUnit, at: start) }
        var meaning = try atomMeaning(code, atom)
        guard let prefix else { return meaning }
        if meaning.function != nil {
            meaning.scale = prefix
        } else {
            meaning.factor = meaning.factor * UnitFactor(prefix)
        }
        return meaning
    }

    /// A symbol up to its exponent: signs and whole brackets, or digits alone.
    private mutating func symbol() throws(UCUMError) -> String {
        let start = index
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "[") {
                guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "]")) else { throw error(.syntax) }
                index = end + 1
            } else if Self.isSymbolSign(bytes[index]) {
                index += 1
            } else {
                break
            }
        }
        guard index > start else { throw error(.syntax) }
        var end = index
        while end > start, Self.isDigit(bytes[end - 1]) { end -= 1 }
        // Digits alone are a number; behind a symbol they are its exponent.
        if end > start { index = end }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func exponent() throws(UCUMError) -> Int? {
        let start = index
        let isNegative = accept("-")
        let isSigned = isNegative || accept("+")
        var value = 0
        let first = index
        while index < bytes.count, Self.isDigit(bytes[index]) {
            value = value * 10 + Int(bytes[index] - UInt8(ascii: "0"))
            guard value <= Self.maximumExponent else { throw error(.tooComplex, at: start) }
            index += 1
        }
        if index == first {
            if isSigned { throw error(.syntax) }
            return nil
        }
        return isNegative ? -value : value
    }

    private mutating func annotation() throws(UCUMError) {
        let start = index
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "}") {
            guard 33...126 ~= bytes[index], bytes[index] != UInt8(ascii: "{") else { throw error(.annotation) }
            index += 1
        }
        guard accept("}") else { throw error(.syntax, at: start) }
    }

    private mutating func accept(_ sign: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: sign) else { return false }
        index += 1
        return true
    }

    private func error(_ code: UCUMError.Code, at offset: Int? = nil) -> UCUMError {
        UCUMError(code: code, offset: offset ?? index)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// Printable ASCII that is no operator, bracket, brace, quote or equals sign (UCUM §3).
    private static func isSymbolSign(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "["), UInt8(ascii: "]"),
            UInt8(ascii: "{"), UInt8(ascii: "}"):
            false
        default: 33...126 ~= byte
        }
    }
}
