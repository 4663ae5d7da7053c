import Testing

@testable import UCUM

@Suite("Values in other units")
struct ConversionTests {
    private static let units = UCUM()

    @Test(arguments: [
        ("5.4", "mg", "ug", "5400"), ("5400", "ug", "mg", "5.4"), ("1", "kg", "g", "1000"),
        ("1", "[lb_av]", "g", "453.59237"),
        ("1", "[in_i]", "cm", "2.54"), ("1", "[ft_i]", "[in_i]", "12"), ("6", "[ft_i]", "m", "1.8288"),
        ("1", "[mi_i]", "m", "1609.344"), ("1", "h", "min", "60"), ("60", "/min", "Hz", "1"),
        ("72", "/min", "/h", "4320"),
        ("1", "d", "h", "24"), ("1", "wk", "d", "7"), ("1", "a", "d", "365.25"), ("1", "l", "mL", "1000"),
        ("1", "L", "dm3", "1"), ("100", "mg/dL", "g/L", "1"), ("5.5", "mmol/L", "umol/mL", "5.5"),
        ("7.5", "g/dL", "g/L", "75"), ("760", "mm[Hg]", "kPa", "101.32472"), ("1", "m[H2O]", "kPa", "9.80665"),
        ("1", "bar", "Pa", "100000"), ("1", "atm", "Pa", "101325"), ("1", "cal", "J", "4.184"),
        ("2000", "kcal", "kJ", "8368"), ("1", "N.m", "J", "1"), ("1", "W.s", "J", "1"), ("1", "kW.h", "kJ", "3600"),
        ("37", "Cel", "K", "310.15"), ("98.6", "[degF]", "Cel", "37"), ("-40", "[degF]", "Cel", "-40"),
        ("0", "K", "Cel", "-273.15"), ("80", "[degRe]", "Cel", "100"), ("212", "[degF]", "K", "373.15"),
        ("250", "10*3/uL", "10*9/L", "250"), ("4.5", "10*6/uL", "/pL", "4.5"), ("12", "%", "1", "0.12"),
        ("1", "{cells}/uL", "/mm3", "1"), ("40", "m[IU]/mL", "[IU]/L", "40"), ("40", "[iU]/mL", "[IU]/mL", "40"),
        ("180", "deg", "[pi].rad", "1"), ("1", "mol", "mmol", "1000"), ("3", "mg/kg/h", "ug/g/h", "3"),
        ("3", "mg/(kg.h)", "mg/kg/h", "3"), ("1", "dag", "g", "10"), ("1", "KiBy", "bit", "8192"),
        ("1", "cd", "cd", "1"),
        ("1", "[drp]", "mL", "0.05"), ("1", "[gr]", "mg", "64.79891"), ("2", "m2", "cm2", "20000"),
        ("1", "ar", "m2", "100"),
        ("0.00", "mg", "g", "0"), ("-3", "mg", "g", "-0.003"), ("1e2", "mg", "g", "0.1"),
    ])
    func convert(_ value: String, _ from: String, _ to: String, _ expected: String) {
        #expect(Self.units.convert(value: value, from: from, to: to) == expected)
        #expect(Self.units.comparable(from, to))
    }

    @Test(arguments: [
        ("7.4", "[pH]", "nmol/L", 39.8107), ("1", "B[W]", "W", 10), ("94", "dB[SPL]", "Pa", 1.00237),
        ("100", "[p'diop]", "deg", 45), ("3", "bit_s", "1", 8), ("2", "Np", "1", 7.389056), ("6", "[hp'_X]", "1", 1e-6),
        ("100", "[m/s2/Hz^(1/2)]", "m2/s4/Hz", 10_000),
    ])
    func specialUnits(_ value: String, _ from: String, _ to: String, _ expected: Double) throws {
        let text = try #require(Self.units.convert(value: value, from: from, to: to))
        let result = try #require(Double(text))
        #expect(abs(result / expected - 1) < 1e-5)
        let back = try #require(Self.units.convert(value: text, from: to, to: from).flatMap(Double.init))
        let start = try #require(Double(value))
        #expect(abs(back / start - 1) < 1e-9)
    }

    @Test(arguments: [
        ("mg", "mL"), ("mg", "Cel"), ("[IU]", "mg"), ("[IU]", "[arb'U]"), ("[IU]/L", "mol/L"), ("m", "m2"),
        ("nonsense", "mg"),
        ("mg", "nonsense"), ("m", "Hz"),
    ])
    func unitsThatDoNotCompare(_ from: String, _ to: String) {
        #expect(Self.units.convert(value: "1", from: from, to: to) == nil)
        #expect(!Self.units.comparable(from, to))
    }

    @Test(arguments: [
        ("5.4", "mg", "0.0054", "g"), ("120", "mm[Hg]", "15998640", "g.m-1.s-2"), ("37.5", "Cel", "310.65", "K"),
        ("4.2", "[IU]/L", "4200", "[iU].m-3"), ("1", "{score}", "1", "1"), ("90", "%", "0.9", "1"),
        ("72", "/min", "1.2", "s-1"), ("1", "kg/m2", "1000", "g.m-2"), ("10", "[arb'U]/mL", "10000000", "[arb'U].m-3"),
    ])
    func canonical(_ value: String, _ unit: String, _ expected: String, _ base: String) {
        #expect(Self.units.canonical(value: value, unit: unit) == UCUM.Canonical(value: expected, unit: base))
    }

    @Test func pHTurnsTheOrderRound() throws {
        #expect(try !Self.units.unit("[pH]").keepsOrder)
        #expect(try Self.units.unit("Cel").keepsOrder)
        #expect(try Self.units.unit("mol/L").baseUnits == "m-3")
    }

    /// Rounding must not turn the order of values around, nor make equal ones differ.
    @Test func thirdsKeepTheirOrder() throws {
        let values = ["98.55", "98.6", "98.60", "98.65", "98.7"].map {
            Self.units.canonical(value: $0, unit: "[degF]")?.value
        }
        let numbers = values.map { Double($0 ?? "") ?? .nan }
        #expect(numbers == numbers.sorted())
        #expect(values[1] == values[2])
        #expect(Set(values.map { $0 ?? "" }).count == 4)
    }

    @Test(arguments: ["", "x", "1e", "1e9999", "--1", "1.2.3", "NaN", "Infinity"])
    func whatIsNoNumberHasNoValue(_ value: String) {
        #expect(Self.units.canonical(value: value, unit: "mg") == nil)
    }
}
