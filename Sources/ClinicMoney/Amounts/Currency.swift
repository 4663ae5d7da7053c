/// A currency with the number of decimals of its smaller unit (ISO 4217).
struct Currency: Hashable, Sendable {
    let code: String
    /// Decimals of the smaller unit: 2 for EUR, 0 for JPY, 3 for KWD.
    let exponent: Int

    init(_ code: String) {
        self.code = code
        exponent = Self.exponents.first { $0.value.contains(code) }?.key ?? Self.usualExponent
    }

    static let usualExponent = 2

    /// The currencies whose smaller unit is not a hundredth (ISO 4217, list one).
    static let exponents: [Int: [String]] = [
        0: [
            "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
            "XOF", "XPF",
        ],
        3: ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"],
        4: ["CLF", "UYW"],
    ]
}
