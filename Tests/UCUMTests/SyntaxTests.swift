import Testing

@testable import UCUM

@Suite("Syntax of units")
struct SyntaxTests {
    private static let units = UCUM()

    @Test(
        arguments: [
            ("", .empty, 0), ("mg/", .empty, 3), ("(mg", .syntax, 3), ("mg)", .syntax, 2), ("DL", .unknownUnit, 0),
            ("mmHg", .unknownUnit, 0), ("kmg", .unknownUnit, 0), ("k[in_i]", .unknownUnit, 0), ("mg dL", .syntax, 2),
            ("{ab c}", .annotation, 3), ("{a{b}}", .annotation, 2), ("{open", .syntax, 0), ("mg}", .syntax, 2),
            ("m+", .syntax, 2), ("m--2", .syntax, 2), ("m100", .tooComplex, 1), ("0", .syntax, 0),
            ("m/0.s", .syntax, 2),
            ("Cel2", .specialInTerm, 0), ("Cel/min", .specialInTerm, 4), ("mg/Cel", .specialInTerm, 3),
            ("[in_i", .syntax, 0),
            ("mg//dL", .syntax, 3), ("µg", .syntax, 0), ("m\"", .syntax, 1),
        ] as [(String, UCUMError.Code, Int)])
    func refused(_ unit: String, _ code: UCUMError.Code, _ offset: Int) {
        #expect(throws: UCUMError(code: code, offset: offset)) { _ = try Self.units.unit(unit) }
    }

    @Test func limits() {
        #expect(throws: UCUMError(code: .tooComplex, offset: 0)) {
            _ = try Self.units.unit(String(repeating: "m.", count: 150) + "m")
        }
        #expect(throws: (any Error).self) {
            _ = try Self.units.unit(String(repeating: "(", count: 50) + "m" + String(repeating: ")", count: 50))
        }
    }

    @Test(arguments: [
        "mg", "%", "1", "{cells}", "10*3/uL", "10^3/uL", "10*-6.mol", "/min", "/(8.h)", "mm[Hg]", "[iU]/mL", "[IU]",
        "[arb'U]/mL", "mL/min/{1.73_m2}", "mL/min/(173.10*-2.m2)", "ug{FEU}/mL", "g/(24.h)", "mg/g{creat}", "kg.m/s2",
        "m-2",
        "m+2", "[in_i'H2O]", "m[H2O]", "B[10.nV]", "dB[SPL]", "[m/s2/Hz^(1/2)]", "%[slope]", "[Amb'a'1'U]", "mCel",
        "10*", "[degF]", "{#}/[HPF]", "{score}", "meq/L", "[pH]", "mosm/kg", "U/L", "k[IU]/L", "uU/mL", "[lb_av]",
        "Ohm",
        "(mg)", "((mg)/dL)",
    ])
    func understood(_ unit: String) {
        #expect(throws: Never.self) { _ = try Self.units.unit(unit) }
    }

    /// Every unit of the table is made of others of the table.
    @Test func everyUnitHasAMeaning() {
        let table = UnitTable()
        #expect(table.atoms.count == 310)
        #expect(table.prefixes.count == 24)
        for code in table.atoms.keys {
            #expect(throws: Never.self, "\(code)") { _ = try Self.units.unit(code) }
        }
        for (code, atom) in table.atoms where !atom.isBase { #expect(UnitDecimal(atom.value) != nil, "\(code)") }
    }
}
