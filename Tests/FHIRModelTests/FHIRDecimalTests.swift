import FHIRModel
import Testing

@Suite("decimal")
struct FHIRDecimalTests {
    @Test(arguments: ["", "-", "+1", "1.", ".5", "01", "1e", "1e+", "0x1", "1 ", "NaN", "--1", "1.2.3", "1e1.5"])
    func textsThatAreNoNumbersAreRefused(text: String) {
        #expect(FHIRDecimal(text) == nil)
    }

    @Test(arguments: [
        ("1.0", "1.00"), ("1e2", "100"), ("0", "-0.0"), ("0.00120", "1.2E-3"), ("-5", "-5.0"), ("1e+2", "1E2"),
    ])
    func equalNumbersHaveEqualHashes(left: String, right: String) throws {
        let left = try #require(FHIRDecimal(left))
        let right = try #require(FHIRDecimal(right))
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(left.text != right.text)
        #expect(!(left < right) && !(right < left))
    }

    @Test func orderFollowsTheValue() throws {
        let texts = ["-1e3", "-10.5", "-10.49", "-0.1", "0", "0.09", "0.1", "0.11", "1", "9.99", "10", "1e2", "101"]
        let numbers = texts.compactMap(FHIRDecimal.init)
        #expect(numbers.count == texts.count)
        #expect(numbers.reversed().sorted().map(\.text) == texts)
    }

    @Test func textIsKept() throws {
        let quantity = try Quantity(json: Array(#"{"value":1.00}"#.utf8))
        #expect(quantity.value?.text == "1.00")
        #expect(String(decoding: quantity.json, as: UTF8.self) == #"{"value":1.00}"#)
        #expect(FHIRDecimal(12).text == "12")
    }
}
