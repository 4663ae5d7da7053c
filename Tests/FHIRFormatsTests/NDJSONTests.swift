import FHIRFormats
import Testing

@Suite struct NDJSONTests {
    @Test(arguments: [1, 2, 3, 100])
    func linesComeBackWhateverThePieces(size: Int) {
        let text = Array("{\"a\":1}\r\n\n  \n{\"b\":2}\n{\"c\":3}".utf8)
        var reader = NDJSON.LineReader()
        var lines: [String] = []
        var numbers: [Int] = []
        func take(isAtEnd: Bool) {
            while let line = reader.next(isAtEnd: isAtEnd) {
                lines.append(String(decoding: line, as: UTF8.self))
                numbers.append(reader.lineNumber)
            }
        }
        for start in stride(from: 0, to: text.count, by: size) {
            reader.append(text[start..<min(start + size, text.count)])
            take(isAtEnd: false)
        }
        take(isAtEnd: true)
        #expect(lines == ["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"])
        #expect(numbers == [1, 4, 5])
    }

    @Test func writesALineEach() {
        var output: [UInt8] = []
        NDJSON.append("{}".utf8, to: &output)
        NDJSON.append("{\"a\":1}".utf8, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == "{}\n{\"a\":1}\n")
    }
}
