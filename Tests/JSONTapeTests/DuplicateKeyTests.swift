import JSONTape
import Testing

@Suite struct DuplicateKeyTests {
    /// Keys are hashed by words of eight bytes: the last, partial word is where equal keys could hash apart.
    @Test(arguments: 1...24)
    func areFoundAtTheEndOfTheText(_ length: Int) {
        let key = String("abcdefghijklmnopqrstuvwxyz".prefix(length))
        let text = "{\"\(key)\":0,\"\(key)\":1}"
        expectRefusal(Array(text.utf8), .duplicateKey, at: length + 6)
        expectRefusal(Array("[\(text),{\"tail\":\"long enough to read past\"}]".utf8), .duplicateKey, at: length + 7)
    }

    @Test(arguments: 1...24)
    func keysThatDifferInOneByteAreNoDuplicates(_ length: Int) throws {
        let key = Array("abcdefghijklmnopqrstuvwxyz".utf8.prefix(length))
        for index in key.indices {
            var other = key
            other[index] ^= 0x20
            let members = try Document.parse(
                "{\"\(String(decoding: key, as: UTF8.self))\":0,\"\(String(decoding: other, as: UTF8.self))\":1}")
            #expect(members.count(Document.root) == 2)
        }
        let longer = String(decoding: key, as: UTF8.self)
        #expect(throws: Never.self) { try Document.parse("{\"\(longer)\":0,\"\(longer.dropLast())\":1}") }
    }

    @Test(arguments: [
        (#"{"a":1,"\u0061":2}"#, 7), (#"{"\u0061":1,"a":2}"#, 12), (#"{"\u0061":1,"\u0061":2}"#, 12),
        (#"{"é":1,"\u00e9":2}"#, 8), (#"{"😀":1,"\uD83D\uDE00":2}"#, 10), (#"{"a\/b":1,"a/b":2}"#, 10),
        (#"{"\n":1,"\u000a":2}"#, 8), (#"{"birthDat\u0065":1,"birthDate":2}"#, 20),
    ])
    func areFoundWhenEscaped(_ text: String, _ offset: Int) {
        expectRefusal(Array(text.utf8), .duplicateKey, at: offset)
    }

    @Test func areRefusedInNestedObjectsOnly() throws {
        #expect(throws: Never.self) { try Document.parse(#"{"a":{"a":{"a":1}},"b":{"a":1}}"#) }
        #expect(throws: Never.self) { try Document.parse(#"[{"a":1},{"a":1}]"#) }
        expectRefusal(Array(#"{"b":{"a":1},"b":2}"#.utf8), .duplicateKey, at: 13)
        expectRefusal(Array(#"{"x":{"a":1,"c":{},"a":2}}"#.utf8), .duplicateKey, at: 19)
    }

    @Test(arguments: [31, 32, 33, 34, 100, 5000])
    func areFoundAmongMany(_ count: Int) throws {
        let keys = (0..<count).map { "\"key\($0)\":\($0)" }
        func object(_ members: [String]) -> String { "{" + members.joined(separator: ",") + "}" }
        let document = try Document.parse(object(keys))
        #expect(document.count(Document.root) == count)
        for repeated in [0, count / 2, count - 1] {
            let text = object(keys + ["\"ke\\u0079\(repeated)\":1"])
            expectRefusal(Array(text.utf8), .duplicateKey, at: object(keys).utf8.count)
        }
    }

    /// A large object inside a large one, and a second after it: their names must not mix.
    @Test func manyKeysNest() throws {
        let inner = "{" + (0..<40).map { "\"k\($0)\":1" }.joined(separator: ",") + "}"
        let outer = "{" + (0..<40).map { "\"k\($0)\":\(inner)" }.joined(separator: ",") + "}"
        let document = try Document.parse("[\(outer),\(outer)]")
        #expect(JSONNode(document).elements.map(\.count) == [40, 40])
    }

    /// A hundred thousand names in one object parse in time that grows with their number, not its square.
    @Test func manyKeysAreCheap() throws {
        let text = "{" + (0..<100_000).map { "\"\($0)\":1" }.joined(separator: ",") + "}"
        #expect(try Document.parse(text).count(Document.root) == 100_000)
    }
}
