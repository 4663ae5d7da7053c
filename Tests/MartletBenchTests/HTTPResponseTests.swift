import Testing

@testable import martlet_bench

@Suite struct HTTPResponseTests {
    private static let plain = "HTTP/1.1 200 OK\r\nServer: m\r\ncontent-LENGTH:  5\r\n\r\nhello"
    private static let chunked =
        "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n"
    private static let empty = "HTTP/1.1 204 No Content\r\nETag: W/\"1\"\r\n\r\n"

    @Test(arguments: [(plain, 200), (chunked, 201), (empty, 204)])
    func findsTheEnd(_ text: String, _ status: Int) throws {
        let bytes = Array((text + "HTTP/1.1 500").utf8)
        let response = try #require(bytes.withUnsafeBytes { HTTPResponse.scan($0) })
        #expect(response.status == status)
        #expect(response.byteCount == text.utf8.count)
        #expect(response.body.upperBound == text.utf8.count)
    }

    @Test(arguments: [plain, chunked, empty])
    func waitsForTheRest(_ text: String) {
        let bytes = Array(text.utf8)
        for count in bytes.indices {
            #expect(bytes[..<count].withUnsafeBytes { HTTPResponse.scan($0) } == nil, "\(count) bytes")
        }
    }
}
