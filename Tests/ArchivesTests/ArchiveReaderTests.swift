import Testing

@testable import Archives

@Suite("Archive reader")
struct ArchiveReaderTests {
    @Test(arguments: [true, false])
    func filesComeInOrderWithTheirContents(isCompressed: Bool) throws {
        var tar = TarWriter()
        tar.folder("package/")
        tar.file("package/a.json", "{}".utf8)
        tar.file("package/b.json", String(repeating: "b", count: 200_000).utf8)
        tar.file("package/" + String(repeating: "long/", count: 30) + "c.json", "c".utf8)
        let bytes = isCompressed ? try #require(GzipWriter.compress(tar.bytes)) : tar.bytes
        var reader = try ArchiveReader(bytes)
        #expect(try reader.next()?.name == "package/a.json")
        #expect(try reader.content() == Array("{}".utf8))
        // Not asked for: passed over.
        #expect(try reader.next()?.byteCount == 200_000)
        let last = try #require(try reader.next())
        #expect(last.name.hasSuffix("long/c.json") && last.name.utf8.count > 100)
        #expect(try reader.content() == Array("c".utf8))
        #expect(try reader.next() == nil)
    }

    @Test(arguments: ["../a.json", "package/../../a", "/etc/passwd", "package\\..\\a", "package/a\u{1}b"])
    func namesThatLeadElsewhereAreRefused(name: String) throws {
        var tar = TarWriter()
        tar.file(name, "x".utf8)
        var reader = try ArchiveReader(tar.bytes)
        #expect(throws: ArchiveError.Code.unsafeEntry) { try reader.nextOrCode() }
    }

    @Test func linksAreRefused() throws {
        var tar = TarWriter()
        tar.entry("package/link", [], type: "2")
        var reader = try ArchiveReader(tar.bytes)
        #expect(throws: ArchiveError.Code.unsafeEntry) { try reader.nextOrCode() }
    }

    @Test func bombsAreStopped() throws {
        var tar = TarWriter()
        tar.file("package/a.json", String(repeating: " ", count: 5 << 20).utf8)
        let bytes = try #require(GzipWriter.compress(tar.bytes))
        #expect(bytes.count < 20_000)
        var small = try ArchiveReader(bytes, limits: ArchiveLimits(entryByteCount: 1 << 20))
        #expect(throws: ArchiveError.Code.tooLarge) { try small.nextOrCode() }
        var total = try ArchiveReader(bytes, limits: ArchiveLimits(byteCount: 1 << 20))
        _ = try total.next()
        #expect(throws: ArchiveError.Code.tooLarge) { try total.nextOrCode() }
        var many = TarWriter()
        for index in 0..<20 { many.file("package/\(index)", "".utf8) }
        var counted = try ArchiveReader(many.bytes, limits: ArchiveLimits(entryCount: 10))
        for _ in 0..<10 { _ = try counted.next() }
        #expect(throws: ArchiveError.Code.tooLarge) { try counted.nextOrCode() }
    }

    @Test func damagedArchivesAreRefused() throws {
        var tar = TarWriter()
        tar.file("package/a.json", String(repeating: "a", count: 3000).utf8)
        let packed = try #require(GzipWriter.compress(tar.bytes))
        var cut = try ArchiveReader(Array(packed.prefix(packed.count / 2)))
        #expect(throws: (any Error).self) { while try cut.next() != nil {} }
        var plainCut = try ArchiveReader(Array(tar.bytes.prefix(1000)))
        _ = try plainCut.next()
        #expect(throws: ArchiveError.Code.endsEarly) { try plainCut.nextOrCode() }
        var wrong = tar.bytes
        wrong[0] ^= 1
        for (bytes, code) in [
            (wrong, ArchiveError.Code.malformed), (Array("no archive".utf8), .endsEarly), ([], .endsEarly),
            (Array("no archive at all".utf8) + Array(repeating: 65, count: 600), .malformed),
            ([0x1F, 0x8B, 8, 0, 2, 3, 4, 5, 6, 7, 0xFF, 0xFF, 0xFF, 0xFF], .malformed),
        ] {
            #expect(throws: code) {
                var reader = try ArchiveReader(bytes)
                try reader.nextOrCode()
            }
        }
    }
}

extension ArchiveError.Code: Error {}

extension ArchiveReader {
    /// The code alone, for comparisons.
    fileprivate mutating func nextOrCode() throws {
        do { _ = try next() } catch { throw error.code }
    }
}
